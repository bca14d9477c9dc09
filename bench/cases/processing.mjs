/** Case 2: what becomes of pages that are there already: bytes to NDJSON and metrics. */
import { interleave } from '../measure/interleave.mjs';
import { createByteProcessor } from '../processing/bytes.mjs';
import { createObjectProcessor } from '../processing/objects.mjs';
import { atOnce, processPages } from '../processing/process-pages.mjs';
import { loadBuilt } from '../suite/dist.mjs';
import { atLeast } from '../suite/goal.mjs';
import { row } from '../suite/row.mjs';
import { createPages, perPage } from '../upstream/pages.mjs';

const contestants = [
  { key: 'main', name: 'bytes, main thread', create: () => createByteProcessor(0) },
  { key: 'one', name: 'bytes, 1 thread', create: () => createByteProcessor(1) },
  { key: 'two', name: 'bytes, 2 threads', create: () => createByteProcessor(2) },
  { key: 'four', name: 'bytes, 4 threads', create: () => createByteProcessor(4) },
  {
    key: 'objects',
    name: 'objects, 2 threads',
    note: 'plain Tinypool, one page a task, the same schema, simpler metrics',
    create: () => createObjectProcessor(2),
  },
];

export const title = 'Processing only: pages of 30 KB in memory to NDJSON, metrics and hashes';

export async function run({ rounds, quick, log }) {
  // As in a run of the command, for all contestants alike.
  const { tuneV8 } = await loadBuilt('cli/tune-v8.js');
  tuneV8();
  const count = quick ? 1_000 : 16_000;
  const pageFrom = createPages(1_000_000);
  const pages = Array.from({ length: atOnce }, (_, index) => new Uint8Array(pageFrom(index * perPage)));
  const rates = await interleave(contestants, rounds, async ({ name, create }) => {
    const processor = await create();
    try {
      // Threads start and load their plugins, and the code is optimised, before the watch is started.
      await processPages(processor, pages, 500);
      const started = performance.now();
      await processPages(processor, pages, count);
      const rate = (count * perPage) / ((performance.now() - started) / 1000);
      log(`${name}: ${Math.round(rate)} records/s`);
      return rate;
    } finally {
      await processor.close();
    }
  });
  const rows = contestants.map((contestant) => row(contestant.name, rates.get(contestant), { note: contestant.note }));
  const rate = (key) => rows[contestants.findIndex((contestant) => contestant.key === key)].median;
  return {
    unit: 'records/s',
    rows,
    goals: [
      atLeast('bytes on 2 threads ÷ main thread', 1.5, rate('two') / rate('main')),
      atLeast('bytes on 2 threads ÷ objects on 2 threads', 4, rate('two') / rate('objects')),
    ],
  };
}
