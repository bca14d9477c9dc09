import type { EnginePlugin } from '../../../core/engine.ts';
import { SluiceError } from '../../../core/plugin.ts';
import { type BullmqOptions, options } from './options.ts';

/** Spreads a run over processes by a queue on Redis. Nothing of it is loaded before it is used. */
const bullmq: EnginePlugin<BullmqOptions> = {
  name: 'bullmq',
  options,
  coordinate: () => Promise.reject(notYet()),
  work: async (...how) => (await import('./worker/work.ts')).work(...how),
  runs: () => Promise.reject(notYet()),
};

function notYet(): SluiceError {
  return new SluiceError(
    'engine_failed',
    'the engine "bullmq" can\'t coordinate yet: leave "engine" out of the config',
  );
}

export default bullmq;
