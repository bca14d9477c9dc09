import { loadBuiltinMocks, SluiceError, startMockUpstreams } from '../../core/index.ts';
import { exitCodes } from '../exit-codes.ts';
import { onInterrupt } from '../interrupts.ts';

export interface MockCommandOptions {
  /** Port of the first; 0 takes any free ones. */
  readonly port: number;
  readonly latency: number | readonly [min: number, max: number];
  readonly errorRate: number;
  readonly seed: number;
}

/**
 * Starts the embedded upstream of every built-in source, prints their URLs on stdout, and serves until interrupted.
 * Throws `config_invalid` where a port can't be had.
 */
export async function mockCommand({ port, latency, errorRate, seed }: MockCommandOptions): Promise<number> {
  const apis = await loadBuiltinMocks();
  const upstreams = await startMockUpstreams(apis, { port, latencyMs: latency, errorRate, seed }).catch(
    (error: unknown) => {
      const why = error instanceof Error ? error.message : String(error);
      throw new SluiceError('config_invalid', `--port ${port}: ${why}`, { cause: error });
    },
  );
  // Listened for before the URLs are printed: whoever has read them may stop it at once.
  const interrupted = new Promise<void>((resolve) => {
    onInterrupt({ first: () => resolve(), second: () => resolve() });
  });
  const width = Math.max(...upstreams.map(({ name }) => name.length));
  for (const [index, { name, url }] of upstreams.entries()) {
    process.stdout.write(`${name.padEnd(width)}  ${url}${apis[index]?.path ?? ''}\n`);
  }
  process.stderr.write('press Ctrl-C to stop\n');
  await interrupted;
  await Promise.all(upstreams.map((upstream) => upstream.close()));
  return exitCodes.ok;
}
