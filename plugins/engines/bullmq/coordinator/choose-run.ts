import { differences, type EngineContext, type ResumeRequest } from '../../../../core/engine.ts';
import { SluiceError } from '../../../../core/plugin.ts';
import type { RegisteredRun, RunRegistry } from '../ledger/runs.ts';

export interface ChooseOptions {
  readonly registry: RunRegistry;
  readonly context: Pick<EngineContext, 'version' | 'fingerprint' | 'logger'>;
  readonly queue: string;
  readonly resume: ResumeRequest | undefined;
}

/**
 * Finds the run to take up; undefined where a new one is to begin. Throws `state_locked` where a coordinator is at work,
 * `run_not_found`, and `run_not_resumable` with the reason.
 */
export async function chooseRun(options: ChooseOptions): Promise<RegisteredRun | undefined> {
  const { registry, resume } = options;
  const runs = newestFirst(await registry.list());
  if (resume === undefined) {
    await standBack(options, runs);
    return undefined;
  }
  return resume.kind === 'last' ? lastStopped(options, runs) : named(options, runs, resume.runId);
}

/** Ids begin with the time. */
export function newestFirst(runs: readonly RegisteredRun[]): readonly RegisteredRun[] {
  return runs.toSorted((a, b) => (a.runId < b.runId ? 1 : -1));
}

/** Why a run is not of this process; undefined where it is. */
export function strangeness(
  run: RegisteredRun,
  { version, fingerprint }: Pick<ChooseOptions['context'], 'version' | 'fingerprint'>,
): string | undefined {
  if (run.version !== version) return `it was begun by sluice ${run.version}, and this is ${version}`;
  const changed = differences(run.fingerprint, fingerprint);
  if (changed.length === 0) return undefined;
  const more = changed.length > 5 ? ` and ${changed.length - 5} more` : '';
  return `the config has changed since (${changed.slice(0, 5).join(', ')}${more}); start a new run, or put it back`;
}

/**
 * Whether a run that has ended is what keeps `--resume` from an older one of its config that was stopped: it has to stay in
 * the registry then, or data that is older would go over its own. The newest of a config does so for all.
 */
export function shields(ended: RegisteredRun, runs: readonly RegisteredRun[]): boolean {
  const alike = runs.filter((run) => run.runId !== ended.runId && strangeness(run, ended) === undefined);
  const isSuperseded = alike.some(({ runId, state }) => state === 'ended' && runId > ended.runId);
  return !isSuperseded && alike.some(({ runId, state }) => state !== 'ended' && runId < ended.runId);
}

/** Two runs at once would share their workers; one that was left is not worked on beside the new one. */
async function standBack({ registry, queue, context }: ChooseOptions, runs: readonly RegisteredRun[]): Promise<void> {
  const unfinished = runs.filter(({ state }) => state !== 'ended');
  for (const run of unfinished)
    await assertAlone(registry, run, `the queue "${queue}" has the run ${run.runId} under way`);
  for (const { runId, state } of unfinished) {
    if (state === 'running') await registry.setState(runId, 'paused');
    context.logger.warn(`run ${runId} was stopped and is not taken up: "--resume ${runId}" goes on with it`);
  }
}

async function lastStopped(
  { registry, context }: ChooseOptions,
  runs: readonly RegisteredRun[],
): Promise<RegisteredRun | undefined> {
  for (const run of runs) {
    const strange = strangeness(run, context);
    if (strange === undefined) {
      if (run.state === 'ended') return undefined;
      await assertAlone(registry, run, `the run ${run.runId} is under way`);
      return run;
    }
    if (run.state !== 'ended') context.logger.warn(`run ${run.runId} was stopped and is not taken up: ${strange}`);
  }
  return undefined;
}

async function named(
  { registry, context, queue }: ChooseOptions,
  runs: readonly RegisteredRun[],
  runId: string,
): Promise<RegisteredRun> {
  const run = runs.find((each) => each.runId === runId);
  if (run === undefined) {
    const known = runs.slice(0, 5).map((each) => each.runId);
    const there = known.length === 0 ? 'it holds no runs' : `the latest are ${known.join(', ')}`;
    throw new SluiceError('run_not_found', `there is no run ${runId} in the queue "${queue}"; ${there}`);
  }
  const reason = run.state === 'ended' ? 'it has ended, nothing is left to do' : strangeness(run, context);
  if (reason !== undefined) throw new SluiceError('run_not_resumable', `run ${runId} can't be taken up: ${reason}`);
  await assertAlone(registry, run, `the run ${runId} is under way`);
  return run;
}

async function assertAlone(registry: RunRegistry, { runId }: RegisteredRun, what: string): Promise<void> {
  const other = await registry.coordinator(runId);
  if (other !== undefined) throw locked(what, other);
}

/** Says who coordinates a run already. */
export function locked(what: string, { host, pid }: { readonly host: string; readonly pid: number }): SluiceError {
  return new SluiceError(
    'state_locked',
    `${what}, coordinated by process ${pid} on ${host}: wait for its end, or give this config a queue of its own`,
  );
}
