import { rmSync } from 'node:fs';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadChaosConfig } from '../chaos/chaos-config.ts';
import { runTrial } from '../chaos/trial.ts';
import type { TrialSettings } from '../chaos/trial-settings.ts';
import { exitCodes } from '../exit-codes.ts';
import { onInterrupt } from '../interrupts.ts';
import { keepSecret } from '../known-secrets.ts';
import { renderChaos } from '../render/chaos.ts';
import { createPaint, takesColor } from '../render/paint.ts';

export interface ChaosCommandOptions extends Omit<TrialSettings, 'seed'> {
  /** Default: another one each time. */
  readonly seed?: number;
  readonly json?: boolean;
}

/** Between two lines of progress, in milliseconds. */
const progressMs = 2_000;
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
  keepSecret(config.secrets);
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
    const verdict = await runTrial({
      config,
      settings: { ...options, seed },
      folder,
      entry: new URL('../../cli/chaos/child.js', import.meta.url),
      progressMs,
      onProgress: (text) => void process.stderr.write(`chaos: ${text}\n`),
      signal: stopping.signal,
    });
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
