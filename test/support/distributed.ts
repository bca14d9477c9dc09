import { type ChildProcess, spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { onTestFinished } from 'vitest';
import type { MockApi } from '../../core/contracts/mock.ts';
import { type MockOptions, startMockUpstreams } from '../../core/index.ts';
import { temporaryFolder } from './temporary-folder.ts';

const main = resolve(import.meta.dirname, '../../dist/cli/main.js');

/** A command of the built package, in a process of its own. */
export interface Command {
  readonly pid: number;
  /** What it has printed on stderr so far. */
  readonly said: () => string;
  readonly kill: (signal: NodeJS.Signals) => void;
  /** Resolves with the exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
  /** Resolves when it has printed that; rejects when it ends without. */
  readonly says: (text: string | RegExp) => Promise<void>;
}

/** Starts `pipeline` with these arguments; it ends with the test at the latest. */
export function startCommand(cwd: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Command {
  const child: ChildProcess = spawn(process.execPath, [main, ...args], {
    cwd,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, NO_COLOR: '1', ...env },
  });
  let said = '';
  const listeners = new Set<() => void>();
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    for (const listener of listeners) listener();
  });
  const ended = new Promise<number | NodeJS.Signals>((end) => {
    child.once('close', (code, signal) => end(code ?? signal ?? -1));
  });
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return {
    pid: child.pid ?? -1,
    said: () => said,
    kill: (signal) => void child.kill(signal),
    ended,
    says: (text) =>
      new Promise((found, rejected) => {
        const look = (): void => {
          if (typeof text === 'string' ? said.includes(text) : text.test(said)) found();
        };
        listeners.add(look);
        look();
        void ended.then((code) =>
          rejected(new Error(`it ended with ${code} and never said ${String(text)}:\n${said}`)),
        );
      }),
  };
}

/** A folder with a config whose only source is an embedded upstream. */
export interface Scene {
  readonly folder: string;
  readonly start: (...args: readonly string[]) => Command;
  /** Writes the config anew, with a change. */
  readonly change: (config: Readonly<Record<string, unknown>>) => Promise<void>;
  /** What stands in a JSON file of the folder. */
  readonly read: <Content>(file: string) => Promise<Content>;
}

export interface SceneOptions {
  /** Where Redis is; undefined for no engine. */
  readonly redis: string | undefined;
  readonly api: MockApi;
  readonly mock?: MockOptions;
  readonly source?: Readonly<Record<string, unknown>>;
  readonly config?: Readonly<Record<string, unknown>>;
}

/** Starts the upstream, in this process, and writes the config. */
export async function createScene({ redis, api, mock = {}, source = {}, config = {} }: SceneOptions): Promise<Scene> {
  const folder = await temporaryFolder();
  const [upstream] = await startMockUpstreams([api], mock);
  if (upstream === undefined) throw new Error('no upstream was started');
  onTestFinished(() => upstream.close());
  const whole = {
    ...(redis !== undefined && { engine: { use: 'bullmq', redis } }),
    sources: [{ use: api.name, baseUrl: upstream.url, rateLimit: { requests: 100, perMs: 1000 }, ...source }],
    sinks: ['ndjson', 'json-file'],
    workers: { threads: 0 },
    ...config,
  };
  const write = (content: object): Promise<void> =>
    writeFile(join(folder, 'pipeline.config.json'), JSON.stringify(content));
  await write(whole);
  return {
    folder,
    start: (...args) => startCommand(folder, args),
    change: (other) => write({ ...whole, ...other }),
    read: async <Content>(file: string) => JSON.parse(await readFile(join(folder, file), 'utf8')) as Content,
  };
}
