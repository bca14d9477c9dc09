import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { runCommand, type RunCommandOptions, type RunPorts } from '../../../cli/commands/run.ts';
import type { PipelineOptions } from '../../../core/index.ts';
import type { ResolvedConfig } from '../../../core/config/resolved.ts';
import type { EventListener, RunEvent } from '../../../core/contracts/events.ts';
import { SluiceError } from '../../../core/errors.ts';
import type { Services } from '../../../core/contracts/services.ts';
import { settle, fakeClock } from '../../support/fake-clock.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { fakeTerminal, type FakeTerminal } from '../render/fake-terminal.ts';
import { page, started, t0 } from '../render/fixtures.ts';
import { sampleRecord } from '../render/sample-record.ts';
import { sampleReport } from '../render/sample-report.ts';

interface Run {
  readonly terminal: FakeTerminal;
  readonly exits: number[];
  readonly loaded: () => unknown;
  readonly code: Promise<number>;
  services(): Services;
  options(): PipelineOptions;
  emit(...events: (readonly [number, RunEvent])[]): void;
  signal(): AbortSignal | undefined;
  finish(exitCode?: 0 | 1 | 3 | 130): void;
}

/** A run of the command on a pipeline that does what the test says. */
function running(
  options: RunCommandOptions,
  terminal: FakeTerminal,
  config: Partial<ResolvedConfig> = {},
  stdout: RunPorts['stdout'] = { isTTY: false },
): Run {
  const exits: number[] = [];
  const listeners: EventListener[] = [];
  let services: Services = {};
  let pipelineOptions: PipelineOptions = {};
  let signal: AbortSignal | undefined;
  let finish: Run['finish'] = () => undefined;
  const end = new Promise<0 | 1 | 3 | 130>((resolve) => {
    finish = (exitCode = 0) => resolve(exitCode);
  });
  const loadConfig = vi.fn<RunPorts['loadConfig']>(
    async () =>
      ({
        baseDir: '/',
        sources: [],
        sinks: [],
        services: {},
        secrets: ['hush-hush'],
        ...config,
      }) as unknown as ResolvedConfig,
  );
  const ports: RunPorts = {
    loadConfig,
    startMockUpstreams: async () => [],
    createPipeline: async (_, given, chosen) => {
      services = given;
      pipelineOptions = chosen;
      return {
        on: (listener) => void listeners.push(listener),
        run: async (run) => {
          signal = run?.signal;
          return { report: sampleReport(), record: sampleRecord(), exitCode: await end };
        },
      };
    },
    stderr: terminal,
    stdout,
    clock: fakeClock(),
    exit: (code) => void exits.push(code),
  };
  return {
    terminal,
    exits,
    loaded: () => loadConfig.mock.calls[0]?.[0],
    code: runCommand(options, ports),
    services: () => services,
    options: () => pipelineOptions,
    emit: (...events) => {
      for (const [ms, event] of events) for (const listener of listeners) listener({ ...event, at: t0 + ms });
    },
    signal: () => signal,
    finish,
  };
}

/** Lets what loads lazily load. */
async function begun(run: Run): Promise<void> {
  await vi.waitFor(() => expect(run.signal()).toBeDefined());
}

describe('runCommand', () => {
  it('hands the command line to the config', async () => {
    const run = running(
      { config: 'x.json', source: ['a'], sink: ['stdout'], deadline: 5_000 },
      fakeTerminal(undefined),
    );
    run.finish();
    await run.code;
    expect(run.loaded()).toMatchObject({
      file: 'x.json',
      overrides: { sources: ['a'], sinks: ['stdout'], deadlineMs: 5_000 },
    });
  });

  it.each([
    [{}, undefined],
    [{ resume: true }, { kind: 'last' }],
    [{ resume: 'run-1' }, { kind: 'run', runId: 'run-1' }],
    [{ retryFailed: 'run-1' }, { kind: 'retry-failed', runId: 'run-1' }],
  ] as const)('asks for the run to take up: %j', async (options, resume) => {
    const run = running(options, fakeTerminal(undefined));
    run.finish();
    await run.code;
    expect(run.options()).toEqual({ resume, signal: expect.any(AbortSignal) });
  });

  it.each([0, 1, 3, 130] as const)('returns the exit code %d of the run and prints the report', async (exitCode) => {
    const run = running({}, fakeTerminal(undefined));
    run.finish(exitCode);
    expect(await run.code).toBe(exitCode);
    expect(run.terminal.taken()).toContain('374 records in 3.21 s');
  });

  it.each([
    [0, 'ENOSPC', 1],
    [3, 'ENOSPC', 3],
    [0, 'EPIPE', 0],
  ] as const)('ends %d with %s for the report as JSON as %d: a program may read it', async (exitCode, code, end) => {
    const terminal = fakeTerminal(undefined);
    terminal.on('error', () => undefined);
    const run = running({ json: true }, terminal);
    await begun(run);
    terminal._write = (_chunk, _encoding, done) => done(Object.assign(new Error(code), { code }));
    run.finish(exitCode);
    expect(await run.code).toBe(end);
  });

  it('writes a report in the form that its name ends in, and says where', async () => {
    const file = join(await temporaryFolder(), 'new', 'run.md');
    const run = running({ report: file }, fakeTerminal(undefined));
    run.finish(3);
    expect(await run.code).toBe(3);
    expect(await readFile(file, 'utf8')).toContain('**374 records**');
    expect(run.terminal.taken()).toContain(`the report is in ${file}`);
  });

  it('asks nobody where the folder of the report can not be made', async () => {
    const file = join(await temporaryFolder(), 'file');
    await writeFile(file, '');
    const run = running({ report: join(file, 'run.md') }, fakeTerminal(undefined));
    await expect(run.code).rejects.toMatchObject({ code: 'config_invalid' });
    expect(run.signal()).toBeUndefined();
  });

  it('ends as the run did where the report can not be written in the end', async () => {
    const folder = join(await temporaryFolder(), 'run.md');
    await mkdir(folder);
    const run = running({ report: folder }, fakeTerminal(undefined));
    run.finish();
    expect(await run.code).toBe(0);
    expect(run.terminal.taken()).toContain("the report can't be written to");
  });

  it('logs to stderr, without secrets', async () => {
    const run = running({}, fakeTerminal(undefined));
    await begun(run);
    run.services().logger?.info('sent hush-hush');
    run.services().logger?.debug('not at info');
    expect(run.terminal.taken()).toMatch(/^\d\d:\d\d:\d\d info {2}sent \*\*\*\n$/);
    run.finish();
    await run.code;
  });

  it('draws progress on a terminal, and logs from warn on above it', async () => {
    const run = running({}, fakeTerminal(80));
    await begun(run);
    run.emit(...started('shop'));
    expect(run.terminal.taken()).toMatch(/shop +·+ +0/);
    run.services().logger?.info('told by the display');
    run.services().logger?.warn('careful');
    run.finish();
    await run.code;
    const text = run.terminal.taken();
    expect(text).not.toContain('told by the display');
    expect(text.indexOf('careful')).toBeLessThan(text.indexOf('374 records'));
    expect(text.indexOf('careful')).toBeGreaterThan(-1);
  });

  it.each([
    [true, true],
    [false, false],
  ])('draws nothing over records that are printed on the same terminal: %s', async (isTTY, plain) => {
    const sinks = [{ name: 'out', plugin: { name: 'stdout' }, options: {} }] as unknown as ResolvedConfig['sinks'];
    const run = running({}, fakeTerminal(80), { sinks }, { isTTY });
    await begun(run);
    run.emit(...started('shop'), ...page('shop', 1));
    run.services().logger?.info('told in a line');
    run.finish();
    await run.code;
    const text = run.terminal.taken();
    expect(text.includes('told in a line')).toBe(plain);
    // The bar of a source, as a display draws it.
    expect(/shop +[█·]/.test(text)).toBe(!plain);
  });

  it('writes nothing when quiet but errors', async () => {
    const run = running({ quiet: true }, fakeTerminal(80));
    await begun(run);
    run.emit(...started('shop'), ...page('shop', 1));
    run.services().logger?.warn('careful');
    run.services().logger?.error('broken');
    run.finish();
    await run.code;
    expect(run.terminal.taken()).toMatch(/^\S+ error broken\n$/);
  });

  it('writes nothing but lines of JSON with --json', async () => {
    const run = running({ json: true }, fakeTerminal(80));
    await begun(run);
    run.emit(...started('shop'));
    run.services().logger?.info('hello', { source: 'shop' });
    run.finish(3);
    await run.code;
    const lines = run.terminal
      .taken()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    expect(lines).toMatchObject([
      { level: 'info', message: 'hello', source: 'shop' },
      { event: 'report', exit_code: 3, total_products: 374, partial: true, errors: 14 },
    ]);
  });

  it('stops the run at the first interrupt and says how to end it at once', async () => {
    const run = running({}, fakeTerminal(undefined));
    await begun(run);
    expect(run.signal()?.aborted).toBe(false);
    process.emit('SIGINT', 'SIGINT');
    expect(run.signal()?.aborted).toBe(true);
    expect(run.terminal.taken()).toContain('press Ctrl-C again to stop at once');
    expect(run.exits).toEqual([]);
    run.finish(130);
    expect(await run.code).toBe(130);
  });

  it('gives a logger of the config its place', async () => {
    const lines: string[] = [];
    const take = (message: string): void => void lines.push(message);
    const own = { error: take, warn: take, info: take, debug: take };
    const run = running({}, fakeTerminal(undefined), { services: { logger: own } });
    await begun(run);
    expect(run.services().logger).toBe(own);
    run.finish();
    await run.code;
  });

  it('ends as interrupted where that kept it from beginning', async () => {
    const terminal = fakeTerminal(undefined);
    const code = runCommand(
      {},
      {
        loadConfig: async () => ({ sources: [], sinks: [], services: {}, secrets: [] }) as unknown as ResolvedConfig,
        startMockUpstreams: async () => [],
        createPipeline: (_, __, { signal }) =>
          new Promise((___, reject) =>
            signal?.addEventListener('abort', () => reject(new SluiceError('redis_unavailable', 'nobody answers'))),
          ),
        stderr: terminal,
        stdout: { isTTY: false },
        clock: fakeClock(),
        exit: () => undefined,
      },
    );
    await settle();
    process.emit('SIGINT', 'SIGINT');
    expect(await code).toBe(130);
    expect(terminal.taken()).toContain('error nobody answers');
  });

  it('leaves neither signal listeners nor a display behind when the run throws', async () => {
    const before = process.listenerCount('SIGINT');
    const clock = fakeClock();
    const terminal = fakeTerminal(80);
    const failing = runCommand(
      {},
      {
        loadConfig: async () => ({ sources: [], sinks: [], services: {}, secrets: [] }) as unknown as ResolvedConfig,
        startMockUpstreams: async () => [],
        createPipeline: async () => ({
          on: (listener) => {
            for (const [ms, event] of started('shop')) listener({ ...event, at: t0 + ms });
          },
          run: () => Promise.reject(new Error('a bug')),
        }),
        stderr: terminal,
        stdout: { isTTY: false },
        clock,
        exit: () => undefined,
      },
    );
    await expect(failing).rejects.toThrow('a bug');
    await settle();
    expect(process.listenerCount('SIGINT')).toBe(before);
    expect(clock.timers).toBe(0);
  });
});
