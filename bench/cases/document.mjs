/** Case 8: the JSON document at the end of a run, against copying a file of its size. */
import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { copyByKernel, copyByStream } from '../document/copy-file.mjs';
import { writeDocument } from '../document/write-document.mjs';
import { interleave } from '../measure/interleave.mjs';
import { atMost } from '../suite/goal.mjs';
import { row } from '../suite/row.mjs';
import { inTemporaryFolder } from '../suite/temporary-folder.mjs';

export const title = 'The JSON document: records assembled by the json-file sink, against copying a file of its size';

export async function run({ rounds, quick, log }) {
  const records = quick ? 50_000 : 1_000_000;
  return inTemporaryFolder(async (folder) => {
    const original = await writeDocument(folder, records);
    const megabytes = statSync(original).size / 2 ** 20;
    const copy = join(folder, 'copy.json');
    const note = `${records.toLocaleString('en-US')} records, ${Math.round(megabytes)} MB, down to the disk`;
    const contestants = [
      { name: 'document', note, run: () => writeDocument(folder, records) },
      { name: 'copy by streams', note: 'read and written by a Node process', run: () => copyByStream(original, copy) },
      { name: 'copy by the kernel', note: 'fs.copyFile and a sync', run: () => copyByKernel(original, copy) },
    ];
    const seconds = await interleave(contestants, rounds, async ({ name, run: act }) => {
      const started = performance.now();
      await act();
      const taken = (performance.now() - started) / 1000;
      log(`${name}: ${taken.toFixed(2)} s`);
      rmSync(copy, { force: true });
      return taken;
    });
    const rows = contestants.map((contestant) =>
      row(contestant.name, seconds.get(contestant), { note: contestant.note }),
    );
    const [document, streams, kernel] = rows.map(({ median }) => median);
    return {
      unit: 's',
      rows,
      goals: [
        atMost('document ÷ copy by streams', 1.5, document / streams),
        atMost('document ÷ copy by the kernel', 1.5, document / kernel),
      ],
    };
  });
}
