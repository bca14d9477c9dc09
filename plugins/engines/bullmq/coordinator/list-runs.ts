import { type EngineContext, type ListedRun, recordsOf } from '../../../../core/engine.ts';
import { createRunLedger } from '../ledger/run-ledger.ts';
import { createRunRegistry } from '../ledger/run-registry.ts';
import type { RegisteredRun, RunRegistry } from '../ledger/runs.ts';
import type { BullmqOptions } from '../options.ts';
import { runKeys } from '../redis/keys.ts';
import { newestFirst, strangeness } from './choose-run.ts';
import { openServer } from './open-server.ts';
import { readRunState } from './run-state.ts';

/** The runs of the queue, newest first; see `EnginePlugin`. */
export async function listRuns(context: EngineContext, options: BullmqOptions): Promise<readonly ListedRun[]> {
  const connection = await openServer(context, options, 'list');
  try {
    const registry = createRunRegistry({ redis: connection.client, queue: options.queue });
    const listed: ListedRun[] = [];
    for (const run of newestFirst(await registry.list())) {
      const ledger = createRunLedger({
        redis: connection.client,
        key: runKeys(options.queue, run.runId).prefix,
        vault: { hide: (request) => request, show: (request) => request },
        runId: run.runId,
        sources: run.sources,
        jobKey: (source) => source,
      });
      listed.push(await describe(run, registry, context, (await ledger.checkpoint())?.state));
    }
    return listed;
  } finally {
    await connection.close();
  }
}

async function describe(
  run: RegisteredRun,
  registry: RunRegistry,
  context: EngineContext,
  kept: Uint8Array | undefined,
): Promise<ListedRun> {
  const { runId, sources, state, startedAt } = run;
  // Of another version, nothing but the head is sure to be understood.
  const strange = strangeness(run, context) !== undefined;
  const { life, sources: figures } = readRunState(run.version === context.version ? kept : undefined);
  const { records, lives } = run.result ?? { records: recordsOf(figures), lives: life };
  const running = state !== 'ended' && (await registry.coordinator(runId)) !== undefined;
  return {
    id: runId,
    startedAt: new Date(startedAt).toISOString(),
    state: running ? 'running' : state === 'ended' ? 'complete' : state === 'paused' ? 'interrupted' : 'stopped',
    lives,
    config: null,
    sources,
    // Those of another config are not known here.
    sinks: strange ? [] : context.config.sinks.map(({ name }) => name),
    records,
    resumable: running || strange || state === 'ended' ? 'no' : 'yes',
  };
}
