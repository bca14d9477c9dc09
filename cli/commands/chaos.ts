import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listRuns, type ResolvedConfig, type ResumeRequest, SluiceError } from '../../core/index.ts';
import { loadChaosConfig, stateIn } from '../chaos/chaos-config.ts';
import { drawKillMoments } from '../chaos/kill-moments.ts';
import { type Life, startLife } from '../chaos/life.ts';
import { type Ordeal, undergo } from '../chaos/ordeal.ts';
import { compareOutputs, readOutputs, removeOutputs } from '../chaos/outputs.ts';
import { type ChaosUpstreams, startChaosUpstreams } from '../chaos/upstreams.ts';
import { type ChaosVerdict, hasPassed, judgeLimits } from '../chaos/verdict.ts';
import { exitCodes } from '../exit-codes.ts';
import { onInterrupt } from '../interrupts.ts';
import { renderChaos } from '../render/chaos.ts';
import { createPaint, takesColor } from '../render/paint.ts';

export interface ChaosCommandOptions {
  readonly config?: string;
  readonly source?: readonly string[];
  /** Default: another one each time. */
  readonly seed?: number;
  /** Share of requests that fail. */
  readonly errorRate: number;
  readonly kill: number;
  readonly json?: boolean;
}

/** Between two lines of progress, in milliseconds. */
const progressMs = 2_000;
/** Time for a life to show that it lives, the longest window of a rate limit aside, in milliseconds. */
const quietMs = 30_000;
/** Seeds are drawn below this: short enough to be typed. */
const seeds = 1_000_000;

/**
 * Runs the config against embedded upstreams, with faults and kills, and prints the verdict. Returns 0, or 1 where
 * anything was lost, doubled or made up, a rate limit was broken, or it could not be carried through. Throws
 * `config_invalid` where the config does not come through undisturbed.
 */
export async function chaosCommand(options: ChaosCommandOptions): Promise<number> {
  const { json = false, seed = Math.floor(Math.random() * seeds) } = options;
  const config = await loadChaosConfig(options.config, options.source);
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'sluice-chaos-')));
  const stopping = new AbortController();
  const forget = onInterrupt({
    first: () => stopping.abort(),
    second() {
      rmSync(folder, { recursive: true, force: true });
      process.exit(exitCodes.interrupted);
    },
  });
  let keep = false;
  try {
    const verdict = await chaos(config, { ...options, seed }, folder, stopping.signal);
    keep = !verdict.passed;
    const { stdout } = process;
    const lines = json
      ? [JSON.stringify(verdict, undefined, 2)]
      : // Where nobody says how wide it is, nothing is left out.
        renderChaos(verdict, { width: stdout.columns ?? 200, paint: createPaint(takesColor(stdout)) });
    stdout.write(`${lines.join('\n')}\n`);
    return verdict.passed ? exitCodes.ok : exitCodes.failed;
  } catch (error) {
    if (stopping.signal.aborted) return exitCodes.interrupted;
    throw error;
  } finally {
    forget();
    if (!keep) await rm(folder, { recursive: true, force: true });
  }
}

type Settings = ChaosCommandOptions & { readonly seed: number };

async function chaos(
  config: ResolvedConfig,
  settings: Settings,
  root: string,
  signal: AbortSignal,
): Promise<ChaosVerdict> {
  const { kill, errorRate, seed } = settings;
  const began = performance.now();
  const [calm, stormy] = [join(root, 'undisturbed'), join(root, 'chaos')];
  await Promise.all([calm, stormy].map((folder) => mkdir(folder, { mode: 0o700 })));
  const undisturbed = await runUndisturbed(config, settings, calm, signal);
  const { expected } = undisturbed;

  const upstreams = await startChaosUpstreams(config, { errorRate, seed });
  const sum = { expected: 0, delivered: 0, lost: 0, doubled: 0, foreign: 0 };
  let lives = 0;
  const timer = setInterval(() => {
    const pages = `${upstreams.asked.size} of ${undisturbed.pages} pages asked for`;
    process.stderr.write(`chaos: life ${lives}, ${pages}, ${upstreams.requests} requests\n`);
  }, progressMs);
  let ordeal: Ordeal;
  try {
    ordeal = await undergo({
      upstreams,
      pages: undisturbed.pages,
      folder: stormy,
      moments: drawKillMoments(kill, seed),
      startLife(resume) {
        lives += 1;
        return begin(config, settings, { folder: stormy, baseUrls: upstreams.baseUrls, resume });
      },
      newestRun: async () => (await listRuns({ state: stateOf(stormy) }))[0],
      quietMs: quietMsOf(config),
      signal,
      async judge() {
        const compared = compareOutputs(await readOutputs(stormy), expected);
        sum.expected += expected.size;
        for (const key of ['delivered', 'lost', 'doubled', 'foreign'] as const) sum[key] += compared[key];
        // Those of the run that failed are kept.
        if (compared.lost + compared.doubled + compared.foreign === 0) await removeOutputs(stormy);
      },
    });
  } finally {
    clearInterval(timer);
    await upstreams.close();
  }

  const outcome = {
    problem: ordeal.problem ?? null,
    kills: { wanted: kill, made: ordeal.kills },
    records: sum,
    limits: judgeLimits(config, upstreams.arrivals),
  };
  const passed = hasPassed(outcome);
  return {
    passed,
    ...outcome,
    seed,
    error_rate: errorRate,
    lives: ordeal.lives,
    runs: ordeal.runs,
    requests: { needed: undisturbed.requests, made: upstreams.requests },
    seconds: Math.round(performance.now() - began) / 1000,
    command: commandOf(settings),
    folder: passed ? null : stormy,
  };
}
