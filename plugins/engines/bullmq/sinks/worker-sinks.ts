import type { ResolvedSink } from '../../../../core/engine.ts';
import { createPartSink } from './part-sink.ts';
import { partPlace, type PartsOfRun } from './part-place.ts';

/**
 * The sinks as a session of a worker opens them: those that take records from many processes as they are, a file of its
 * own for each of the others. `session` is unique, and made of letters, digits, `-` and `_`.
 */
export function workerSinks(sinks: readonly ResolvedSink[], run: PartsOfRun, session: string): readonly ResolvedSink[] {
  return sinks.map((sink) => {
    const place = partPlace(sink, run);
    return place === undefined ? sink : { ...sink, plugin: createPartSink(sink.plugin.name, place, session) };
  });
}
