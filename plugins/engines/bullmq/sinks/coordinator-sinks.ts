import { writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  classify,
  type EmitEvent,
  type ResolvedSink,
  type RunEvent,
  type SinkRunner,
} from '../../../../core/engine.ts';
import { makeFolder, sinkError, SluiceError } from '../../../../core/plugin.ts';
import { type AcknowledgedPart, acknowledgedParts, type Positions } from './acknowledged-parts.ts';
import { publishParts } from './manifest.ts';
import type { PartPlace } from './part-place.ts';
import { readPart } from './read-part.ts';

export interface CoordinatorSinksOptions {
  readonly runId: string;
  readonly sinks: readonly ResolvedSink[];
  /** Where the parts of those are that have some. */
  readonly places: ReadonlyMap<string, PartPlace>;
  readonly emit: EmitEvent;
  /** Makes the runner of a sink that this process opens itself; `emit` hears of it. */
  readonly createRunner: (sink: ResolvedSink, emit: EmitEvent) => SinkRunner;
  readonly positions: () => Promise<Positions>;
  /** Throws `state_locked` where another coordinator has the run by now: what is open here is that one's. */
  readonly assertMine: () => Promise<void>;
  /** Aborted where Redis, which knows what is in the parts and whose the run is, is not waited for any more. */
  readonly givenUp: AbortSignal;
  /** Whether all pages are done, and no worker writes any more. */
  readonly isOver: () => boolean;
  /** Records that workers have told for a sink, in all lives of the coordinator. */
  readonly written: (sink: string) => number;
}

/** The sinks of a coordinator, and whether one of them has failed here that the run is about. */
export interface CoordinatorSinks extends SinkRunner {
  hasFailed(this: void): boolean;
}

/**
 * The sinks of a coordinator. All are opened at the start, so that what is wrong shows before any request. What workers
 * wrote is told as they get it acknowledged; at the end parts are made the output, or put together. A sink that fails at
 * that has delivered nothing, and harms no other.
 */
export function createCoordinatorSinks(options: CoordinatorSinksOptions): CoordinatorSinks {
  const { runId, sinks, places, emit, createRunner, positions, assertMine, givenUp, isOver, written } = options;
  const faults = new Map<string, SluiceError>();
  /** Records that readers of a sink that is put together have by now. */
  const shown = new Map<string, number>();
  let over = false;
  const ownRunners = new Map(
    sinks
      .filter(({ name }) => (places.get(name)?.targets.length ?? 0) === 0)
      .map((sink) => [sink.name, createRunner(withoutFilter(sink), (event) => heard(sink, event))]),
  );

  /** Workers have told of what they wrote; of the sinks here only a failure is news. */
  function heard({ name, plugin }: ResolvedSink, event: RunEvent): void {
    if (event.type === 'sink-committed' && plugin.delivers !== 'on-close') {
      shown.set(name, (shown.get(name) ?? 0) + event.records);
    }
    if (event.type === 'sink-failed') fail(name, event.error);
  }

  function fail(sink: string, error: SluiceError): void {
    if (over || faults.has(sink)) return;
    faults.set(sink, error);
    // What workers wrote into a direct sink is there.
    const lost = places.has(sink) ? written(sink) - (shown.get(sink) ?? 0) : 0;
    emit({ type: 'sink-failed', sink, unwritten: lost, revoked: lost, error });
  }

  /** Of a sink that the run is not about, nothing hangs on a failure. */
  function fatalFault(): SluiceError | undefined {
    const fatal = sinks.find(({ name, plugin }) => faults.has(name) && plugin.auxiliary !== true);
    return fatal && faults.get(fatal.name);
  }

  const each = async (operate: (runner: SinkRunner) => Promise<void>): Promise<void> => {
    await Promise.all(Array.from(ownRunners.values(), operate));
  };

  async function partsOf(sink: string, place: PartPlace): Promise<readonly AcknowledgedPart[]> {
    const parts = acknowledgedParts(sink, place, await positions());
    const found = parts.reduce((sum, { records }) => sum + records, 0);
    // Of a run that was stopped, workers may have had more acknowledged than was read of what they told.
    if (found === written(sink) || !isOver()) return parts;
    throw new SluiceError('internal_error', `the parts of ${sink} hold ${found} records of ${written(sink)}`);
  }

  async function assemble(sink: string, place: PartPlace, runner: SinkRunner): Promise<void> {
    for (const part of await partsOf(sink, place)) {
      for await (const batch of readPart(part)) {
        await assertMine();
        await runner.write(batch);
        if (faults.has(sink)) return;
      }
    }
    await runner.flush();
  }

  async function publish(sink: string, place: PartPlace): Promise<void> {
    const parts = await partsOf(sink, place);
    await assertMine();
    for (const target of place.targets) {
      const own = parts.filter(({ source }) => place.target(source) === target);
      await publishParts({ target, runId, parts: own, final: isOver() });
    }
  }

  return {
    fault: undefined,
    hasFailed: () => fatalFault() !== undefined,
    async open() {
      await Promise.all(Array.from(places.values(), prepare));
      await each((runner) => runner.open());
      const fault = fatalFault();
      // On one machine the other sinks would go on; here each worker would end at this one.
      if (fault !== undefined) throw fault;
    },
    write: () => Promise.reject(new SluiceError('internal_error', 'a coordinator was given records to write')),
    keep() {},
    discard() {},
    async flush() {
      // One after the other: each of them reads all records.
      for (const [sink, place] of places) {
        const runner = ownRunners.get(sink);
        try {
          if (runner === undefined) await publish(sink, place);
          else await assemble(sink, place, runner);
        } catch (thrown) {
          const error = classify(thrown);
          if (error.code === 'state_locked') throw error;
          fail(sink, error);
          await runner?.abort(error);
        }
      }
    },
    async trends(report) {
      const told = await Promise.all(Array.from(ownRunners.values(), (runner) => runner.trends(report)));
      return told.find((trends) => trends !== undefined);
    },
    async close(report) {
      await assertMine().catch((error: unknown) => {
        if (!givenUp.aborted) throw error;
      });
      if (givenUp.aborted) await each((runner) => runner.abort(classify(givenUp.reason)));
      else await each((runner) => runner.close(report));
    },
    async abort(reason) {
      over = true;
      // Files that are not finished have the names that they have for the other coordinator.
      if (reason.code === 'state_locked') return;
      await each((runner) => runner.abort(reason));
    },
  };
}

/** Workers have asked the filter already: what is in the parts is for the sink. */
function withoutFilter(sink: ResolvedSink): ResolvedSink {
  return sink.route === undefined ? sink : { ...sink, route: { ...sink.route, filter: undefined } };
}

/** Makes the folders of parts, with what tells workers that they see the same ones. */
async function prepare(place: PartPlace): Promise<void> {
  for (const folder of place.folders) {
    const marker = place.marker(folder);
    try {
      await makeFolder(folder);
      await writeFile(marker, '', { mode: 0o644 });
    } catch (error) {
      throw sinkError(error, `making ${dirname(marker)}`);
    }
  }
}
