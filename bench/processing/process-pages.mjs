import { perPage } from '../upstream/pages.mjs';

/** Pages that wait at once: as many as the byte budget of a run lets in. */
export const atOnce = Math.floor((8 * 1024 * 1024) / 30_000);

/** Has `count` pages processed as in a run: each takes the place of one that is done. Throws where a record is missing. */
export async function processPages(processor, pages, count) {
  let next = 0;
  let records = 0;
  const lane = async () => {
    while (next < count) {
      const page = pages[next % pages.length];
      next += 1;
      const made = await processor.process(page);
      records += made;
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, lane));
  if (records !== count * perPage) throw new Error(`${records} records of ${count} pages`);
}
