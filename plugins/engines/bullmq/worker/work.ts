import { randomBytes } from 'node:crypto';
import { differences, type EngineContext, onAbort, SluiceError, type WorkOptions } from '../../../../core/engine.ts';
import { assertDistributable } from '../coordinator/refusals.ts';
import { createLedgerPatience, createPatientCaller } from '../ledger/patient-caller.ts';
import { createRunRegistry } from '../ledger/run-registry.ts';
import type { RegisteredRun } from '../ledger/runs.ts';
import type { BullmqOptions } from '../options.ts';
import { checkServer } from '../redis/check-server.ts';
import { connectRedis } from '../redis/connect.ts';
import { resolveRedis } from '../redis/options.ts';
import { until } from './pause.ts';
import { workOnRun } from './run-worker.ts';

/** Milliseconds between two looks for a run. */
const lookMs = 500;

/** Takes pages of one run after the other until it is told to stop; see `EnginePlugin`. */
export async function work(context: EngineContext, options: BullmqOptions, how: WorkOptions): Promise<void> {
  assertDistributable(context.config);
  const { clock, logger } = context;
  const worker = `w${randomBytes(6).toString('hex')}`;
  const gone = new AbortController();
  const connection = await connectRedis({
    settings: resolveRedis(options.redis),
    role: 'worker',
    onState: (state) =>
      state === 'lost'
        ? logger.warn(`Redis at ${connection.where} is away: waiting for it`, { event: 'redis' })
        : logger.info(`Redis at ${connection.where} is back`, { event: 'redis' }),
  });
  try {
    for (const warning of (await checkServer(connection)).warnings) logger.warn(warning, { event: 'redis' });
    const onFailure = (error: SluiceError): void => logger.warn(error.message, { event: 'redis' });
    const patience = createLedgerPatience({ connection, clock, onFailure, signal: gone.signal });
    const registry = createRunRegistry({ redis: createPatientCaller(connection, patience), queue: options.queue });
    const stopped = new Promise<undefined>((resolve) => onAbort(how.signal, () => resolve(undefined)));
    const over = new Set<string>();
    let waiting = false;
    while (!how.signal.aborted) {
      // A server that is away must not keep a worker that is to stop.
      const listed = await Promise.race([registry.list(), stopped]);
      if (listed === undefined) return;
      const runs = listed.filter(({ runId, state }) => state === 'running' && !over.has(runId));
      const run = chooseRun(context, runs);
      if (run === undefined) {
        if (!waiting) logger.info(`waiting for a run of the queue "${options.queue}"`, { event: 'worker' });
        waiting = true;
        await until(clock, lookMs, how.signal);
        continue;
      }
      waiting = false;
      logger.info(`takes pages of the run ${run.runId}`, { event: 'worker' });
      const watched = await workOnRun({ context, options, how, connection, registry, run, worker });
      if (watched === 'over') over.add(run.runId);
    }
  } finally {
    gone.abort(new SluiceError('interrupted', 'the worker has ended'));
    await connection.close();
  }
}

/** The newest run that this worker can work on. Throws `worker_refused` where there are runs, and none of them is one. */
function chooseRun(context: EngineContext, runs: readonly RegisteredRun[]): RegisteredRun | undefined {
  const newest = runs.toSorted((a, b) => b.startedAt - a.startedAt);
  const refusals = newest.map((run) => ({ run, reason: refusal(context, run) }));
  const fit = refusals.find(({ reason }) => reason === undefined)?.run;
  const first = refusals[0]?.reason;
  if (fit === undefined && first !== undefined) throw first;
  return fit;
}

function refusal({ version, fingerprint }: EngineContext, run: RegisteredRun): SluiceError | undefined {
  if (run.version !== version) {
    const text = `the run ${run.runId} is one of sluice ${run.version}, this worker is ${version}: install the same`;
    return new SluiceError('worker_refused', text);
  }
  const other = differences(run.fingerprint, fingerprint);
  if (other.length === 0) return undefined;
  const text = `the run ${run.runId} has another config than this worker: ${other.join(', ')}; give all the same one`;
  return new SluiceError('worker_refused', text);
}
