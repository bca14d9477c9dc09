import { tokens } from '../../core/di/tokens.ts';
import { createContainer } from '../../core/di/container.ts';
import type { ResolvedConfig } from '../../core/config/resolved.ts';
import { resolveConfig } from '../../core/config/resolve.ts';
import type { RunResult } from '../../core/run/pipeline.ts';
import type { ResumeRequest } from '../../core/state/choose-run.ts';
import { openRun } from '../../core/state/open-run.ts';
import { fakeClock, settle } from './fake-clock.ts';
import type { FakeDisk } from './fake-disk.ts';
import { journalSink } from './journal-sink.ts';
import { type JournalScene, journalSources, journalTransport } from './journal-upstream.ts';
import { silentLogger } from './silent-logger.ts';

export interface LifeOptions {
  /** Real folder, for the lock alone. */
  readonly stateDir: string;
  readonly disk: FakeDisk;
  /** Counts the lives of a test: time goes on from one to the next. */
  readonly number: number;
  readonly resume?: ResumeRequest;
  /** The plugins and the upstreams have been put right. */
  readonly fixed?: boolean;
  /** Which upstreams there are. Default: three listings. */
  readonly scene?: JournalScene;
  /** Write at which the second sink fails. Default: it does not. */
  readonly failingWrite?: number;
  /** Requests after which somebody interrupts the run; 0: at its start. Default: nobody does. */
  readonly interruptAfter?: number;
}

/** What a life was, until the process died or the run came to its end. */
export interface Life {
  /** `source url` of every request, as far as the process lived. */
  readonly asked: readonly string[];
  /** Undefined where the process died before. */
  readonly result: RunResult | undefined;
}

export const sinkNames = ['one', 'two'] as const;

/** The config of that life: one process, the sinks on its disk. */
export async function configOf({ disk, stateDir, fixed, scene, failingWrite }: LifeOptions): Promise<ResolvedConfig> {
  let writes = 0;
  const failing = (): void => {
    if (++writes === failingWrite) throw new Error('no space left');
  };
  const config = await resolveConfig(
    {
      sources: journalSources(fixed, scene).map((use) => ({ use, retry: { retries: 1, baseMs: 10 }, concurrency: 2 })),
      sinks: [{ use: journalSink('one', disk) }, { use: journalSink('two', disk, failing) }],
      workers: { threads: 0 },
      state: { dir: stateDir, fsyncMs: 300 },
    },
    { baseDir: '/', env: {} },
  );
  // Nobody has to remember what an upstream without a network was sent.
  return { ...config, sources: config.sources.map((source) => ({ ...source, identity: source.baseUrl })) };
}

/** Lives until the process dies on its disk, or the run has ended. */
export async function live(options: LifeOptions): Promise<Life> {
  const { disk, number, resume, fixed = false, interruptAfter } = options;
  const clock = fakeClock(number * 1_000_000);
  const config = await configOf(options);
  const asked: string[] = [];
  const stop = new AbortController();
  if (interruptAfter === 0) stop.abort();
  const opened = await openRun({ config, disk, clock, resume, logger: silentLogger }).catch((error: unknown) => {
    if (disk.dead) return undefined;
    throw error;
  });
  if (opened === undefined) return { asked, result: undefined };
  const transport = journalTransport(clock, fixed, (source, url) => {
    if (!disk.dead) asked.push(`${source} ${url}`);
    if (asked.length === interruptAfter) stop.abort();
  });
  // Closed below, on real time: its lock is a real file.
  const journal = { ...opened.journal, close: () => Promise.resolve() };
  const services = { clock, random: () => 0.5, logger: silentLogger, transport };
  const container = await createContainer(config, services, { ...opened, journal });
  const run = container.resolve(tokens.pipeline).run({ signal: stop.signal });
  const state = { ended: false };
  const end = (): void => void (state.ended = true);
  run.then(end, end);
  for (let idle = 0; !state.ended && !disk.dead; idle = (await clock.next()) ? 0 : idle + 1) {
    await settle();
    if (idle > 200) throw new Error('the run waits for something other than the clock');
  }
  // Read before the lock is given back: the process may die in that too, and its run has ended all the same.
  const died = disk.dead;
  await opened.journal.close();
  return { asked, result: died ? undefined : await run };
}
