/** Micro-benchmarks, by mitata. */
import { measure } from 'mitata';
import { createMicroBenchmarks } from '../micro/benchmarks.mjs';
import { inTemporaryFolder } from '../suite/temporary-folder.mjs';

export const title = 'Micro-benchmarks: single parts, by mitata (median, fastest, and the slowest but for 1 in 100)';

const million = 1_000_000;

export async function run({ quick, log }) {
  return inTemporaryFolder(async (folder) => {
    const rows = [];
    for (const part of await createMicroBenchmarks(folder)) {
      const { p50, min, p99 } = await measure(part.act, { min_cpu_time: (quick ? 50 : 642) * million });
      log(`${part.name}: ${p50.toFixed(0)} ns`);
      rows.push({ name: part.name, median: p50, min, max: p99 });
    }
    return { unit: 'ns', rows, goals: [] };
  });
}
