import type { ResolvedConfig, ResolvedSource } from '../../config/resolved.ts';
import { resolveConfig } from '../../config/resolve.ts';
import type { Logger } from '../../contracts/logger.ts';
import type { Model } from '../../contracts/model.ts';
import type { SourcePlugin } from '../../contracts/source.ts';
import { createContainer } from '../../di/container.ts';
import { tokens } from '../../di/tokens.ts';
import { createDice } from '../../dice.ts';
import { SluiceError } from '../../errors.ts';
import type { RunReport } from '../../contracts/report.ts';
import { type OpenedRun, openRun } from '../../state/open-run.ts';
import { fakeClock, settle } from '../fake-clock.ts';
import { memorySink, type MemoryStore } from '../memory-sink.ts';
import type { MortalDisk } from '../mortal-disk.ts';
import type { Session } from '../upstream.ts';
import { testTransport } from './test-transport.ts';
import type { Send } from './window.ts';

/** What is run, and on what. */
export interface LifeOptions {
  readonly plugin: SourcePlugin;
  readonly model: string | Model;
  /** Over the environment of the process. */
  readonly env: Readonly<Record<string, string>>;
  /** Where the pages were recorded. Default: the plugin's own. */
  readonly baseUrl?: string | undefined;
  readonly session: Session;
  readonly store: MemoryStore;
  readonly seed: string;
  /** Answers all take as long, so that the order of the requests is one that an author can foresee. Default: by chance. */
  readonly steady?: true;
  /** Requests after which the run is ended: it would never end by itself. */
  readonly mostRequests: number;
  /** Keeps the run, so that a later life can take it up. Default: nothing does. */
  readonly kept?: { readonly disk: MortalDisk; readonly stateDir: string; readonly resume: boolean };
}

/** What a life was. */
export interface Life {
  /** Undefined where the process was killed. */
  readonly report: RunReport | undefined;
  /** The requests that went out, in order. */
  readonly sends: readonly Send[];
  /** It had to be ended. */
  readonly endless: boolean;
}

const silent: Logger = { error() {}, warn() {}, info() {}, debug() {} };

/** Runs a source through the whole of a pipeline, on a clock that jumps from timer to timer. */
export async function live(options: LifeOptions): Promise<Life> {
  const { session, seed, mostRequests, kept } = options;
  // Each life begins later than the one before has ended.
  const clock = fakeClock(kept === undefined ? 1_000_000 : 1_000_000 * (1 + kept.disk.lives));
  const config = await configOf(options);
  const stop = new AbortController();
  const sends: Send[] = [];
  const dice = createDice(seed);
  const transport = testTransport({
    clock,
    dice: options.steady === true ? undefined : dice,
    session,
    onSent({ cost = 1 }, way) {
      sends.push({ at: clock.now(), cost, way });
      if (sends.length > mostRequests) stop.abort(new SluiceError('aborted', 'it has asked enough'));
    },
  });
  const services = { clock, random: () => dice.roll(), logger: silent, transport };
  const opened = kept === undefined ? undefined : await openOn(config, kept, clock);
  if (kept !== undefined && opened === undefined) return { report: undefined, sends, endless: false };
  // Closed below: its lock is a real file, which takes real time.
  const run = opened && { ...opened, journal: { ...opened.journal, close: () => Promise.resolve() } };
  try {
    const container = await createContainer(config, services, run);
    const running = container.resolve(tokens.pipeline).run({ signal: stop.signal });
    const ended = await untilEnd(running, clock, () => kept?.disk.dead === true);
    const report = ended ? (await running).report : undefined;
    return { report, sends, endless: sends.length > mostRequests };
  } finally {
    await opened?.journal.close();
  }
}

async function openOn(
  config: ResolvedConfig,
  { disk, resume }: NonNullable<LifeOptions['kept']>,
  clock: ReturnType<typeof fakeClock>,
): Promise<OpenedRun | undefined> {
  try {
    return await openRun({ config, disk, clock, logger: silent, ...(resume && { resume: { kind: 'last' } }) });
  } catch (error) {
    if (disk.dead) return undefined;
    throw error;
  }
}

/** Moves the clock until the run has ended (true) or its process is dead (false). */
async function untilEnd(
  running: Promise<unknown>,
  clock: ReturnType<typeof fakeClock>,
  dead: () => boolean,
): Promise<boolean> {
  const state = { ended: false };
  const end = (): void => void (state.ended = true);
  running.then(end, end);
  for (let idle = 0; !state.ended; idle = (await clock.next()) ? 0 : idle + 1) {
    await settle();
    if (dead()) return false;
    if (idle > 200)
      throw new SluiceError('source_failed', 'it waits for something that is no page and no timer of the run');
  }
  return !dead();
}

async function configOf({ plugin, model, env, baseUrl, store, kept }: LifeOptions): Promise<ResolvedConfig> {
  const alive = (): void => {
    if (kept?.disk.dead === true) throw new Error('the process was killed');
  };
  const written = {
    sources: [{ use: plugin, ...(baseUrl !== undefined && { baseUrl }) }],
    sinks: [{ use: memorySink(store, alive) }],
    model,
    workers: { threads: 0 },
    state: kept === undefined ? false : { dir: kept.stateDir, fsyncMs: 300 },
  };
  const config = await resolveConfig(written, { env: { ...process.env, ...env }, mock: true });
  // Nobody has to remember in a file what was sent to an upstream that is none, nor to prove anything to it.
  const change = (source: ResolvedSource): ResolvedSource => ({
    ...source,
    identity: source.baseUrl,
    conditional: false,
    auth: undefined,
  });
  return { ...config, sources: config.sources.map(change) };
}
