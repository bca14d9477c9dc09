import type { EnginePlugin } from '../../../core/engine.ts';
import { type BullmqOptions, options } from './options.ts';

/** Spreads a run over processes by a queue on Redis. Nothing of it is loaded before it is used. */
const bullmq: EnginePlugin<BullmqOptions> = {
  name: 'bullmq',
  options,
  check: async (...how) => (await import('./coordinator/check.ts')).check(...how),
  coordinate: async (...how) => (await import('./coordinator/coordinate.ts')).coordinate(...how),
  work: async (...how) => (await import('./worker/work.ts')).work(...how),
  runs: async (...how) => (await import('./coordinator/list-runs.ts')).listRuns(...how),
};

export default bullmq;
