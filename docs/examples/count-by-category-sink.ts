import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { defineSink } from 'sluice/plugin';
import { z } from 'zod';

const options = z.strictObject({ path: z.string().default('out/categories.json') });
const savedCounts = z.record(z.string(), z.number());

/** Writes how many records each category has, `{ "beauty": 5, … }`, when the run has ended. */
export default defineSink({
  name: 'count-by-category',
  options,
  // Readers get the file at the end: should the run fail, nothing counts as written.
  delivers: 'on-close',
  async open(context, { path }, position) {
    // A run that is taken up again goes on from what was committed.
    const counts = new Map(Object.entries(savedCounts.parse(position ?? {})));
    const target = resolve(context.baseDir, path);
    return {
      async write(batch) {
        for (const { category } of batch.records()) {
          const name = typeof category === 'string' ? category : '(none)';
          counts.set(name, (counts.get(name) ?? 0) + 1);
        }
      },
      commit: async () => Object.fromEntries(counts),
      async close() {
        await mkdir(dirname(target), { recursive: true });
        await writeFile(`${target}.tmp`, JSON.stringify(Object.fromEntries(counts)));
        await rename(`${target}.tmp`, target);
      },
      async abort() {},
    };
  },
});
