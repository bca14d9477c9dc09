/* oxlint-disable vitest/no-standalone-expect -- each of them is called within the test of its row */
import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { httpServer, type FaultServer } from '../support/fault-server.ts';
import { readDocument, type ProductsDocument } from '../support/pipeline.ts';
import type { FaultRow } from './fault-row.ts';
import { items } from './answers.ts';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** A bound against hanging, not a measure of speed. */
const longestMs = 25_000;

/** What a run of the command left behind. */
export interface CommandSeen {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
  /** The document of the json-file sink; undefined where there is none. */
  readonly document: ProductsDocument | undefined;
  /** Requests that the source which the row is about has made. */
  readonly requests: number;
  readonly folder: string;
  readonly ms: number;
}

/** A fault that needs a process of its own: it may hang it, end it, or take its output away. */
export interface CommandRowOptions {
  readonly fault: string;
  readonly expected: string;
  /** Source text of the normalizer of the source that the row is about. Default: it does nothing. */
  readonly normalize?: string;
  /** Source text at the top of its module. Default: none. */
  readonly prelude?: string;
  /** Items of its one page. Default 3. */
  readonly items?: number;
  /** What the config says beside its sources. Default sink: a json-file, `out.json`. */
  readonly config?: object;
  /** Wraps the command: `['sh', '-c', …]`; gets the command as arguments. Default: none. */
  readonly wrapper?: readonly string[];
  readonly stdout?: 'ignore' | 'pipe' | number;
  /** Told of the process as soon as it runs. */
  readonly during?: (child: ChildProcess) => void;
  readonly outcome: (seen: CommandSeen) => string;
  readonly check?: (seen: CommandSeen) => void;
  /** Milliseconds within which the process has to end. Default 25 000: it starts node, and threads, on a busy machine. */
  readonly withinMs?: number;
  /** It takes so much of the machine that no other row runs meanwhile. Default false. */
  readonly alone?: boolean;
  readonly pending?: string | undefined;
}

/** Makes the rows of one group, each a run of the built command. */
export function commandRows(group: string, rows: readonly CommandRowOptions[]): readonly FaultRow[] {
  return rows.map((options) => {
    const { fault, expected, alone = false, pending } = options;
    return { group, fault, expected, alone, pending, run: () => runRow(options) };
  });
}

async function runRow(options: CommandRowOptions): ReturnType<FaultRow['run']> {
  if (!existsSync(main)) throw new Error('dist is missing: run `npm run build` first');
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'sluice-fault-')));
  const faulty = await listing(options.items ?? 3);
  const healthy = await listing(3);
  try {
    await writeProject(folder, options, faulty.origin, healthy.origin);
    const seen = { ...(await runCommand(folder, options)), requests: faulty.heads.length, folder };
    return {
      outcome: options.outcome(seen),
      check() {
        expect(seen.ms, 'milliseconds that the process took').toBeLessThan(options.withinMs ?? longestMs);
        expect(healthy.heads, 'requests of the healthy source').toHaveLength(1);
        options.check?.(seen);
      },
    };
  } finally {
    await Promise.all([faulty.close(), healthy.close()]);
    await rm(folder, { recursive: true, force: true });
  }
}

function listing(count: number): Promise<FaultServer> {
  return httpServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(items(1, count)));
  });
}

async function writeProject(
  folder: string,
  { normalize = '(item) => item', prelude = '', config }: CommandRowOptions,
  faultyUrl: string,
  healthyUrl: string,
): Promise<void> {
  const source = (name: string, baseUrl: string, normalizer: string, before: string): Promise<void> =>
    writeFile(
      join(folder, `${name}.mjs`),
      `${before}
      export default {
        name: '${name}', baseUrl: '${baseUrl}', rateLimit: { requests: 100, perMs: 100 },
        pagination: { first: () => [{ key: '/', url: '/items' }], next: () => [] },
        normalizer: { normalize: ${normalizer} },
      };`,
    );
  await source('faulty', faultyUrl, normalize, prelude);
  await source('healthy', healthyUrl, '(item) => item', '');
  const sinks = [{ use: 'json-file', path: 'out.json' }];
  const whole = { workers: { threads: 1 }, sinks, ...config, sources: ['./faulty.mjs', './healthy.mjs'] };
  await writeFile(join(folder, 'pipeline.config.json'), JSON.stringify(whole));
}

async function runCommand(
  folder: string,
  { wrapper = [], stdout = 'ignore', during, withinMs = longestMs }: CommandRowOptions,
): Promise<Pick<CommandSeen, 'exitCode' | 'signal' | 'stderr' | 'document' | 'ms'>> {
  const [program, ...rest] = [...wrapper, process.execPath, main, 'run', '--quiet'];
  const stdio: StdioOptions = ['ignore', stdout, 'pipe'];
  const started = performance.now();
  const child = spawn(program, rest, { cwd: folder, stdio });
  // One that hangs is a failure of its row, not of all.
  const timer = setTimeout(() => child.kill('SIGKILL'), withinMs + 1000);
  during?.(child);
  const [stderr, [exitCode, signal]] = await Promise.all([
    child.stderr === null ? '' : text(child.stderr),
    once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>,
  ]);
  clearTimeout(timer);
  const file = join(folder, 'out.json');
  const document = existsSync(file) ? readDocument(file) : undefined;
  return { exitCode, signal, stderr, document, ms: performance.now() - started };
}
