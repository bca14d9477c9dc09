import {
  classify,
  createByteBudget,
  createEventBus,
  createHasher,
  createLetterContent,
  createProcessor,
  createStageClocks,
  createVault,
  type EngineContext,
  logEvents,
  requestVault,
  SluiceError,
  sourcesSince,
  type WorkOptions,
} from '../../../../core/engine.ts';
import { createLedgerPatience, createPatientCaller } from '../ledger/patient-caller.ts';
import { createRunLedger } from '../ledger/run-ledger.ts';
import type { RegisteredRun, RunRegistry } from '../ledger/runs.ts';
import { openSharedLimits } from '../limits/shared-limits.ts';
import type { BullmqOptions } from '../options.ts';
import { createJanitor } from '../queue/janitor.ts';
import { jobKey, openPageQueue, patientQueue, takePages } from '../queue/page-queue.ts';
import type { RedisConnection } from '../redis/connect.ts';
import { runKeys } from '../redis/keys.ts';
import { createBenches } from './benches.ts';
import { createWorkerClients } from './clients.ts';
import { foldOutcomes } from './fold-outcomes.ts';
import { createHands } from './hands.ts';
import { inTime } from './pause.ts';
import { createSessions } from './sessions.ts';
import { type Watched, watchRun } from './watch-run.ts';
import { createWorkerFigures } from './worker-figures.ts';

export interface RunWorkerOptions {
  readonly context: EngineContext;
  readonly options: BullmqOptions;
  readonly how: WorkOptions;
  readonly connection: RedisConnection;
  readonly registry: RunRegistry;
  readonly run: RegisteredRun;
  /** Of this process. */
  readonly worker: string;
}

/** Pages in hand at once, where nobody says otherwise, and those beside what is fetched: they wait for the sinks. */
const mostInHand = 1000;
const inHandAtSinks = 500;
/** Milliseconds for what is left to do once nothing more is fetched: a server that is away must not hold the end of a worker. */
const closeMs = 10_000;

/**
 * Works on the pages of one run until it is over or paused, or until `how.signal` is aborted: then what is in hand
 * is finished within its time, and the rest let go of. Rejects with `sink_failed`.
 */
export async function workOnRun({
  context,
  options,
  how,
  connection,
  registry,
  run,
  worker,
}: RunWorkerOptions): Promise<Watched> {
  const { clock, logger } = context;
  const config = { ...context.config, sources: sourcesSince(context.config.sources, run.cursors) };
  const { sources, references, secrets, workers } = config;
  const { runId, hashKey } = run;
  const keys = runKeys(options.queue, runId);
  const vault = createVault(references.secrets, references.env);
  const hasher = await createHasher(hashKey);
  const figures = createWorkerFigures(worker);
  const events = createEventBus(clock, (thrown) => logger.error(`a listener failed: ${classify(thrown).message}`));
  events.on(logEvents(logger));
  events.on((event) => figures.on(event));
  if (how.listen !== undefined) events.on(how.listen);
  const { emit } = events;
  const stages = createStageClocks(clock, emit);
  const processor = createProcessor(config, hasher, hashKey);
  const gone = new AbortController();
  const onFailure = (error: SluiceError): void => logger.warn(error.message, { event: 'redis' });
  const patience = createLedgerPatience({ connection, clock, onFailure, signal: gone.signal });
  const ledger = createRunLedger({
    redis: createPatientCaller(connection, patience),
    key: keys.prefix,
    vault: requestVault(vault),
    runId,
    sources: sources.map(({ name }) => name),
    jobKey: (source) => jobKey(keys, source),
  });
  const pages = await openPageQueue(connection, keys);
  const queue = patientQueue(pages, patience);
  const janitor = createJanitor({ ledger, queue, sources, hash: hasher.text });
  const shared = await openSharedLimits({
    connection,
    queue: options.queue,
    runId,
    worker,
    clock,
    onFailure,
  });
  const fetching = new AbortController();
  const failed = new AbortController();
  const sessions = createSessions({
    context: { ...context, config },
    runId,
    worker,
    ledger,
    emit,
    parts: options.parts,
    onFailure: (error: SluiceError) => failed.abort(error),
  });
  const benches = createBenches({
    context,
    sources,
    ledger,
    processor,
    emit,
    hash: hasher.text,
    clients: createWorkerClients({ context, sources, emit, stages: stages.of, shared }),
    stages: stages.of,
    budget: createByteBudget(workers.maxInFlightBytes),
    letters: createLetterContent(secrets, vault),
    tend: (source) => hands.tend(source),
    signal: fetching.signal,
  });
  const slots = sources.reduce((sum, { concurrency }) => sum + concurrency * 2, inHandAtSinks);
  const concurrency = how.concurrency ?? Math.min(mostInHand, slots);
  const hands = createHands({
    ledger,
    benches,
    sessions,
    janitor,
    queue,
    sources,
    emit,
    clock,
    concurrency,
    signal: fetching.signal,
  });
  let watched: Watched = 'left';
  let taker: Awaited<ReturnType<typeof takePages>> | undefined;
  try {
    await sessions.open();
    taker = await takePages({ connection, keys, concurrency, takeoverMs: options.takeoverMs, work: hands.work });
    watched = await watchRun({
      run,
      worker,
      registry,
      ledger,
      janitor,
      taker,
      hands,
      sessions,
      figures,
      fold: () => foldOutcomes({ runId, ledger, registry, context: { ...context, config } }),
      concurrency,
      clock,
      sources,
      signals: [how.signal, failed.signal],
    });
    hands.rest(true);
    await taker.pause();
    if (!failed.signal.aborted) await hands.idle(how.drainMs);
  } finally {
    hands.rest(true);
    // What is still being fetched goes to other workers; what is with the sinks is committed.
    fetching.abort(classify(how.signal.reason));
    await inTime(clock, closeMs, async () => {
      await sessions.close();
      await processor.close();
      await taker?.close();
      await hands.settled();
      stages.close();
      await ledger.tell(figures.take());
      await registry.absent(runId, worker);
      await pages.close();
    });
    // Whatever still waits for a server that does not answer.
    gone.abort(new SluiceError('interrupted', 'the worker has ended'));
    await processor.close();
    await benches.close();
    await shared.close();
  }
  failed.signal.throwIfAborted();
  return watched;
}
