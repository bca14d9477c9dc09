import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { listRuns, type ResolvedConfig, type ResumeRequest, SluiceError } from '../../core/index.ts';
import { chaosConfig } from './chaos-config.ts';
import { drawKillMoments } from './kill-moments.ts';
import { type Life, startLife } from './life.ts';
import { type Ordeal, undergo, watchLife } from './ordeal.ts';
import { compareOutputs, readOutputs, removeOutputs } from './outputs.ts';
import { repeatCommand, type TrialSettings } from './trial-settings.ts';
import { type ChaosUpstreams, startChaosUpstreams } from './upstreams.ts';
import { type ChaosVerdict, hasPassed, judgeLimits } from './verdict.ts';

export interface TrialOptions {
  /** As `loadChaosConfig` gave it. */
  readonly config: ResolvedConfig;
  readonly settings: TrialSettings;
  /** An empty folder. */
  readonly folder: string;
  /** The compiled `child.ts`. */
  readonly entry: URL;
  /** Called every `progressMs` with how far it has got. */
  readonly onProgress: (text: string) => void;
  readonly progressMs: number;
  /** Ends all that was started; the trial rejects with its reason. */
  readonly signal: AbortSignal;
}

/** Time for a life to show that it lives, the longest window of a rate limit aside, in milliseconds. */
const quietMs = 30_000;

/** What an undisturbed run delivers, and what it asks for. */
interface Undisturbed {
  readonly expected: ReadonlySet<string>;
  readonly pages: number;
  readonly requests: number;
}

/**
 * Runs a config undisturbed, and again with faults and kills, and compares. Throws `config_invalid` where it does not
 * come through undisturbed: there is nothing to compare with.
 */
export async function runTrial(options: TrialOptions): Promise<ChaosVerdict> {
  const { config, settings, onProgress, progressMs } = options;
  const { kill, errorRate, seed } = settings;
  const began = performance.now();
  const undisturbed = await runUndisturbed(options);
  const folder = await makeFolder(options, 'chaos');
  const upstreams = await startChaosUpstreams(config, { errorRate, seed });
  const records = { expected: 0, delivered: 0, lost: 0, doubled: 0, foreign: 0 };
  let lives = 0;
  const timer = setInterval(() => {
    const pages = `${upstreams.asked.size} of ${undisturbed.pages} pages asked for`;
    onProgress(`life ${lives}, ${pages}, ${upstreams.requests} requests`);
  }, progressMs);

  async function judge(): Promise<string | undefined> {
    const outputs = await readOutputs(folder).catch((error: unknown) => String(error));
    if (typeof outputs === 'string') return `the outputs of a complete run can't be read: ${outputs}`;
    const compared = compareOutputs(outputs, undisturbed.expected);
    records.expected += undisturbed.expected.size;
    for (const key of ['delivered', 'lost', 'doubled', 'foreign'] as const) records[key] += compared[key];
    if (compared.lost + compared.doubled + compared.foreign > 0)
      return 'a run did not deliver what an undisturbed one does';
    await removeOutputs(folder);
    return undefined;
  }

  let ordeal: Ordeal;
  try {
    ordeal = await undergo({
      ...options,
      upstreams,
      pages: undisturbed.pages,
      folder,
      moments: drawKillMoments(kill, seed),
      startLife(resume) {
        lives += 1;
        return lifeOf(options, folder, upstreams, resume);
      },
      newestRun: async () => (await listRuns(chaosConfig(config, { folder, baseUrls: upstreams.baseUrls })))[0],
      quietMs: quietMsOf(config),
      judge,
    });
  } finally {
    clearInterval(timer);
    await upstreams.close();
  }
  const outcome = {
    problem: ordeal.problem ?? null,
    kills: { wanted: kill, made: ordeal.kills },
    records,
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
    command: repeatCommand(settings),
    folder: passed ? null : folder,
  };
}

async function runUndisturbed(options: TrialOptions): Promise<Undisturbed> {
  const { config, settings, signal } = options;
  const folder = await makeFolder(options, 'undisturbed');
  const upstreams = await startChaosUpstreams(config, { errorRate: 0, seed: settings.seed });
  try {
    const life = lifeOf(options, folder, upstreams, { kind: 'last' });
    const end = await watchLife({ life, upstreams, quietMs: quietMsOf(config), signal });
    if (end.kind !== 'ended' || end.exitCode !== 0) {
      const why =
        end.kind === 'ended' ? end.errors.join('\n  ') : end.kind === 'broken' ? end.message : 'it was killed';
      throw new SluiceError('config_invalid', `chaos: even an undisturbed run is not complete\n  ${why}`);
    }
    const { asked, requests } = upstreams;
    return { expected: new Set((await readOutputs(folder)).ndjson), pages: asked.size, requests };
  } finally {
    await upstreams.close();
  }
}

function lifeOf(
  { config, settings, entry }: TrialOptions,
  folder: string,
  { baseUrls }: ChaosUpstreams,
  resume: ResumeRequest,
): Life {
  const configFile = config.file;
  if (configFile === undefined) throw new SluiceError('internal_error', 'a process can only load a config from a file');
  return startLife({ configFile, sources: settings.source, folder, baseUrls, resume }, entry);
}

async function makeFolder({ folder }: TrialOptions, name: string): Promise<string> {
  const made = join(folder, name);
  await mkdir(made, { mode: 0o700 });
  return made;
}

function quietMsOf({ sources }: ResolvedConfig): number {
  return quietMs + 2 * Math.max(...sources.flatMap(({ rateLimits }) => rateLimits.map(({ perMs }) => perMs)));
}
