import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import {
  type CoordinatedRun,
  type CoordinateOptions,
  createHasher,
  createNoJournal,
  createSinkRunner,
  createVault,
  describeModel,
  type EngineContext,
  nodeDisk,
  onAbort,
  requestVault,
  runFolder,
  type RunRecord,
  SluiceError,
  sourceOrigins,
  sourcesSince,
  startOfRun,
  writeRunRecord,
} from '../../../../core/engine.ts';
import { createLedgerPatience, createPatientCaller } from '../ledger/patient-caller.ts';
import { createRunLedger } from '../ledger/run-ledger.ts';
import { createRunRegistry } from '../ledger/run-registry.ts';
import type { Coordinator, RunRegistry } from '../ledger/runs.ts';
import type { BullmqOptions } from '../options.ts';
import { createJanitor } from '../queue/janitor.ts';
import { jobKey, openPageQueue, patientQueue } from '../queue/page-queue.ts';
import type { RedisConnection } from '../redis/connect.ts';
import type { Patience } from '../redis/patience.ts';
import { redisError } from '../redis/redis-error.ts';
import { runKeys } from '../redis/keys.ts';
import { createCoordinatorSinks } from '../sinks/coordinator-sinks.ts';
import { partPlaces, waitingFolder } from '../sinks/part-place.ts';
import { chooseRun, locked } from './choose-run.ts';
import { createCoordinatorEngine } from './engine.ts';
import { finishRun, isUnfinished, leaveRun } from './finish-run.ts';
import { leaseMs, takeLease } from './lease.ts';
import { foldOptions } from './fold-alone.ts';
import { createGiveUp, type GiveUp } from './give-up.ts';
import { createCoordinatorJournal } from './journal.ts';
import { openLetters } from './letters.ts';
import { newRun } from './new-run.ts';
import { assertFit, connectServer } from './open-server.ts';
import { createOutcomeReader } from './outcome-reader.ts';
import { pruneRuns } from './prune-runs.ts';
import { assertDistributable, withoutEffect } from './refusals.ts';
import { readRunState } from './run-state.ts';
import { startWatch } from './watch.ts';

/** Registers a run or takes one up, as its coordinator; see `EnginePlugin`. */
export async function coordinate(
  context: EngineContext,
  options: BullmqOptions,
  begin: CoordinateOptions,
): Promise<CoordinatedRun> {
  const { clock, logger, config } = context;
  assertDistributable(config);
  for (const warning of withoutEffect(config)) logger.warn(warning, { event: 'config' });
  const connection = await connectServer(context, options, 'coordinator');
  const own: Coordinator = { id: randomBytes(8).toString('hex'), host: hostname(), pid: process.pid };
  const gone = new AbortController();
  const onFailure = (error: SluiceError): void => logger.warn(error.message, { event: 'redis' });
  let begun = false;
  const giveUp = createGiveUp({
    gone,
    clock,
    logger,
    where: connection.where,
    consequence: () =>
      begun ? 'the run stays as it is there, and "--resume" goes on with it' : 'the run has not begun, or not gone on',
  });
  if (begin.signal !== undefined) onAbort(begin.signal, giveUp.stop);
  const patience = giveUp.bound(createLedgerPatience({ connection, clock, onFailure, signal: gone.signal }));
  const registry = createRunRegistry({ redis: createPatientCaller(connection, patience), queue: options.queue });
  try {
    await patience(() => assertFit(context, connection));
    // Until a run is registered, others could not see that there is one.
    const beginner = await registry.coordinate(beginning, own, leaseMs).catch((thrown: unknown) => {
      throw redisError(thrown, 'beginning', connection.where);
    });
    if (beginner.id !== own.id) throw locked(`the queue "${options.queue}" has a run that begins`, beginner);
    const parts = { connection, registry, own, context, options, gone, giveUp, patience, begun: () => (begun = true) };
    return await coordinateOn(parts, begin);
  } catch (error) {
    // Where that can't be told, it ends by itself.
    await giveUp.excuse(() => registry.resign(beginning, own));
    await connection.close();
    throw error;
  }
}

/** What a coordinator has at hand when it begins. */
interface CoordinatorParts {
  readonly connection: RedisConnection;
  readonly registry: RunRegistry;
  readonly own: Coordinator;
  readonly context: EngineContext;
  readonly options: BullmqOptions;
  /** Ends all waiting for Redis. */
  readonly gone: AbortController;
  readonly giveUp: GiveUp;
  readonly patience: Patience;
  /** To be called when workers can see the run. */
  readonly begun: () => void;
}

/** In the place of the id of a run that is not registered yet. */
const beginning = 'beginning';

async function coordinateOn(
  { connection, registry, own, context, options, gone, giveUp, patience, begun }: CoordinatorParts,
  { resume, fullRefresh }: CoordinateOptions,
): Promise<CoordinatedRun> {
  const { config, clock, logger } = context;
  const redis = createPatientCaller(connection, patience);
  const chosen = await chooseRun({ registry, context, queue: options.queue, resume });
  const run = chosen ?? (await newRun(context, fullRefresh));
  const { runId, startedAt } = run;
  const lease = await takeLease({ registry, runId, own, clock });
  if (chosen === undefined) await pruneRuns({ connection, redis, patience, registry, context, options, runId });

  const keys = runKeys(options.queue, runId);
  const sources = sourcesSince(config.sources, run.cursors);
  const vault = requestVault(createVault(config.references.secrets, config.references.env));
  const names = sources.map(({ name }) => name);
  const jobKeyOf = (source: string): string => jobKey(keys, source);
  const ledger = createRunLedger({ redis, key: keys.prefix, vault, runId, sources: names, jobKey: jobKeyOf });
  const checkpoint = await ledger.checkpoint();
  const state = readRunState(checkpoint?.state);
  if (chosen !== undefined) state.life += 1;
  const letters = await openLetters(context, runId, state.letters);
  const queue = await openPageQueue(connection, keys);
  const { text: hash } = await createHasher(run.hashKey);
  const partsOfRun = { config, parts: options.parts, runId };
  const places = partPlaces(config.sinks, partsOfRun);
  const isOver = (): boolean => names.every((name) => state.ended.has(name));
  let hasFailed = (): boolean => false;

  const reader = createOutcomeReader({
    runId,
    ledger,
    state,
    from: checkpoint?.id ?? '0',
    letters,
    assertMine: lease.assertMine,
    clock,
    fold: foldOptions(context),
  });
  const engine = createCoordinatorEngine({
    ledger,
    state,
    clock,
    reader,
    // Only now, for all sinks are open: workers find tables made.
    async begin() {
      if (chosen === undefined) await registry.register(run);
      else await registry.setState(runId, 'running');
      begun();
      await registry.resign(beginning, own);
    },
    giveUp,
    halt: () => leaveRun({ registry, run }),
    watch(_, { emit }) {
      const janitor = createJanitor({ ledger, queue: patientQueue(queue, patience), sources, hash });
      return startWatch({ runId, own, lease, registry, ledger, janitor, sources, clock, emit, logger });
    },
  });

  async function keepRecord(record: RunRecord): Promise<void> {
    if (config.state === undefined) return;
    const folder = runFolder(config.state.dir, runId);
    await writeRunRecord(nodeDisk, folder, record).catch((error: unknown) => logger.warn(String(error)));
  }

  const waiting = waitingFolder(partsOfRun);
  const { keepDays } = options;
  const journal = createCoordinatorJournal({
    runId,
    startedAt,
    state,
    letters,
    now: () => clock.date(),
    end: (ending, complete) =>
      // Redis holds what a later life needs, also where it can't be told of the end of this one.
      giveUp.excuse(async () => {
        await lease.assertMine();
        if (isUnfinished(ending) || !isOver() || hasFailed()) return leaveRun({ registry, run });
        const finished = { config, run, state, registry, ledger, keepDays, waiting, fullRefresh };
        await finishRun({ ...finished, forgetQueue: () => patience(queue.forget) }, complete);
      }),
    keepRecord,
    async close() {
      await letters?.close();
      // Where that can't be told, the lease ends by itself.
      await giveUp.excuse(async () => {
        await lease.release();
        await registry.resign(beginning, own);
      });
      gone.abort(new SluiceError('interrupted', 'the coordinator has ended'));
      await queue.close();
      await connection.close();
    },
  });

  return {
    engine,
    hashKey: run.hashKey,
    journal,
    sinks(ports) {
      const { baseDir, model } = config;
      const origins = sourceOrigins(config.sources, { since: run.cursors, secrets: config.secrets });
      const told = {
        runId,
        baseDir,
        sources: names,
        origins,
        startedAt: startOfRun(runId),
        model: describeModel(model),
      };
      const runner = createCoordinatorSinks({
        runId,
        sinks: config.sinks,
        places,
        emit: ports.emit,
        createRunner: (sink, emit) =>
          createSinkRunner({
            sinks: [sink],
            // What others have written into a direct one stays when it is given up.
            context: { ...told, resumable: !places.has(sink.name), logger: ports.logger },
            clock: ports.clock,
            emit,
            journal: createNoJournal(runId),
          }),
        positions: () => ledger.parts(),
        assertMine: lease.assertMine,
        givenUp: giveUp.signal,
        isOver,
        written: (sink) => state.sinks.get(sink)?.records ?? 0,
      });
      ({ hasFailed } = runner);
      return runner;
    },
  };
}
