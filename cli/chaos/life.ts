import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { LifeNews } from './child.ts';
import type { LifeSettings } from './chaos-config.ts';

/** How a life ended: by a kill, by itself with the exit code of the run, or in a way that it never should. */
export type LifeEnd =
  | { readonly kind: 'killed' }
  | { readonly kind: 'ended'; readonly exitCode: number; readonly errors: readonly string[] }
  | { readonly kind: 'broken'; readonly message: string };

/** A process that carries out one life of a run. */
export interface Life {
  /** Resolves when the run has begun; never, where it does not come to that. */
  readonly running: Promise<void>;
  /** Never rejects. */
  readonly ended: Promise<LifeEnd>;
  /** Ends it as a power cut would: by SIGKILL. No effect once it has ended. */
  kill(): void;
}

/** Characters of stderr that are kept: enough for a stack trace. */
const keptCharacters = 4_000;

/** Starts a life by the compiled `child.ts` at `entry`. */
export function startLife(settings: LifeSettings, entry: URL): Life {
  const child = spawn(process.execPath, [fileURLToPath(entry), JSON.stringify(settings)], {
    stdio: ['pipe', 'pipe', 'pipe'],
    // A Ctrl-C at the terminal is the parent's alone to answer.
    detached: true,
  });
  // A pipe to a process that was killed.
  child.stdin.on('error', () => undefined);
  let said = '';
  child.stderr.on('data', (piece: Buffer) => (said = (said + piece.toString()).slice(-keptCharacters)));

  let begun = (): void => undefined;
  const running = new Promise<void>((resolve) => (begun = resolve));
  let outcome: Extract<LifeNews, { event: 'ended' }> | undefined;
  createInterface({ input: child.stdout }).on('line', (line) => {
    const news = parseNews(line);
    if (news?.event === 'running') begun();
    else if (news?.event === 'ended') outcome = news;
  });

  let killed = false;
  const ended = new Promise<LifeEnd>((resolve) => {
    child.on('error', ({ message }) => resolve({ kind: 'broken', message }));
    child.on('close', (code, signal) => {
      if (killed && signal === 'SIGKILL') resolve({ kind: 'killed' });
      else if (outcome === undefined) resolve({ kind: 'broken', message: said.trim() || `ended by ${signal ?? code}` });
      else resolve({ kind: 'ended', exitCode: outcome.exitCode, errors: outcome.errors });
    });
  });
  return {
    running,
    ended,
    kill() {
      killed = true;
      child.kill('SIGKILL');
    },
  };
}

/** A kill may cut a line; and a plugin may print what it likes. */
function parseNews(line: string): LifeNews | undefined {
  try {
    return JSON.parse(line) as LifeNews;
  } catch {
    return undefined;
  }
}
