import { describe, expect, test, vi } from 'vitest';
import { workerCommand, type WorkerPorts } from '../../../cli/commands/worker.ts';
import { workPipeline } from '../../../core/index.ts';
import type { ResolvedConfig } from '../../../core/config/resolved.ts';
import { fakeTerminal } from '../render/fake-terminal.ts';

/** The command on a config with a secret; `work` does what the test says. */
function working(work: WorkerPorts['work']) {
  const terminal = fakeTerminal(undefined);
  const exit = vi.fn<WorkerPorts['exit']>();
  const loadConfig = vi.fn<WorkerPorts['loadConfig']>(
    async () => ({ services: {}, secrets: ['hush-hush'] }) as unknown as ResolvedConfig,
  );
  const ports = { loadConfig, work, stderr: terminal, exit };
  const run = (options: Partial<Parameters<typeof workerCommand>[0]> = {}) =>
    workerCommand({ drain: 25_000, ...options }, ports);
  return { run, loadConfig, exit, said: () => terminal.taken() };
}

describe('workerCommand', () => {
  test('works until it is told to end, within the time that it has for that', async () => {
    let how: Parameters<WorkerPorts['work']>[2] | undefined;
    const { run, said, loadConfig } = working(
      (_, __, given) =>
        new Promise((resolve) => {
          how = given;
          given.signal.addEventListener('abort', () => resolve());
        }),
    );
    const code = run({ concurrency: 7, drain: 60_000, source: ['a'], sink: ['b'] });
    await vi.waitFor(() => expect(how).toBeDefined());
    expect(how).toMatchObject({ concurrency: 7, drainMs: 60_000 });
    process.emit('SIGTERM', 'SIGTERM');
    expect(await code).toBe(0);
    expect(said()).toContain('SIGTERM: finishing what is in hand, within 1 min 00 s');
    expect(loadConfig).toHaveBeenCalledWith(expect.objectContaining({ overrides: { sources: ['a'], sinks: ['b'] } }));
  });

  test('logs no secret', async () => {
    const { run, said } = working(async (_, { logger }) => logger?.info('Redis at hush-hush is back'));
    await run();
    expect(said()).toContain('Redis at *** is back');
  });

  test('throws what keeps it from working, and listens to no signal any more', async () => {
    const before = process.listenerCount('SIGTERM');
    const { run } = working(() => Promise.reject(new Error('no such server')));
    await expect(run()).rejects.toThrow('no such server');
    expect(process.listenerCount('SIGTERM')).toBe(before);
  });

  test('needs an engine', async () => {
    const { run } = working(workPipeline);
    await expect(run()).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringContaining("engine: { use: 'bullmq'") as string,
    });
  });
});
