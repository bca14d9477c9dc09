import 'reflect-metadata';
import { type DependencyContainer, type InjectionToken, container as root } from 'tsyringe';
import { afterEach, describe, expect, test } from 'vitest';
import { resolveConfig } from '../../../core/config/resolve.ts';
import type { ResolvedConfig } from '../../../core/config/resolved.ts';
import type { Logger } from '../../../core/contracts/logger.ts';
import type { Services } from '../../../core/contracts/services.ts';
import { createContainer } from '../../../core/di/container.ts';
import { tokens } from '../../../core/di/tokens.ts';
import { createLogger } from '../../../core/log/logger.ts';
import { fakeClock } from '../../support/fake-clock.ts';

const containers: DependencyContainer[] = [];
afterEach(async () => {
  for (const container of containers.splice(0)) await container.resolve(tokens.processor).close();
});

async function build(config: ResolvedConfig, services?: Services): Promise<DependencyContainer> {
  const container = await createContainer(config, services);
  containers.push(container);
  return container;
}

const config = (services: Services = {}): Promise<ResolvedConfig> =>
  resolveConfig({ sources: ['dummyjson'], sinks: ['stdout'], workers: { threads: 0 }, services });

describe('container', () => {
  test('resolves every token of the graph', async () => {
    const container = await build(await config());
    for (const [name, token] of Object.entries(tokens)) {
      expect(container.resolve<unknown>(token), name).toBeDefined();
    }
  });

  test('gives one instance of each service to all who ask', async () => {
    const container = await build(await config());
    for (const token of Object.values<InjectionToken>(tokens)) {
      expect(container.resolve<unknown>(token)).toBe(container.resolve<unknown>(token));
    }
  });

  test('two containers share no state, and the global one knows nothing', async () => {
    const [one, other] = [await build(await config()), await build(await config())];
    expect(one.resolve(tokens.events)).not.toBe(other.resolve(tokens.events));
    for (const token of Object.values<InjectionToken>(tokens)) expect(root.isRegistered(token)).toBe(false);
  });

  test('a config can put a service of its own in the place of a built-in one', async () => {
    const clock = fakeClock();
    const container = await build(await config({ clock }));
    expect(container.resolve(tokens.clock)).toBe(clock);
  });

  test('an argument goes before the config', async () => {
    const [configured, given] = [fakeClock(), fakeClock()];
    const container = await build(await config({ clock: configured }), { clock: given });
    expect(container.resolve(tokens.clock)).toBe(given);
  });
});

/** A logger as somebody else would write it, with what it was told. */
class Recorder implements Logger {
  readonly told: unknown[] = [];
  error(...line: unknown[]): void {
    this.told.push(['error', ...line]);
  }
  warn(...line: unknown[]): void {
    this.told.push(['warn', ...line]);
  }
  info(...line: unknown[]): void {
    this.told.push(['info', ...line]);
  }
  debug(...line: unknown[]): void {
    this.told.push(['debug', ...line]);
  }
}

describe('the logger', () => {
  const secret = 's3cret+value';
  const secretive = (services: Services = {}): Promise<ResolvedConfig> =>
    resolveConfig(
      {
        sources: [{ use: 'dummyjson', headers: { authorization: 'Bearer ${TOKEN}' } }],
        sinks: ['stdout'],
        workers: { threads: 0 },
        services,
      },
      { env: { TOKEN: secret, SHOP_KEY: 'of-the-environment' } },
    );

  test.each(['of the config', 'given by the program'])('%s is told nothing but clean texts', async (whose) => {
    const recorder = new Recorder();
    const ofConfig = whose === 'of the config';
    const container = await build(
      await secretive(ofConfig ? { logger: recorder } : {}),
      ofConfig ? {} : { logger: recorder },
    );
    const logger = container.resolve(tokens.logger);
    logger.error(`sent ${encodeURIComponent(secret)}\u001b[31m\r\nforged`);
    logger.warn('a', { url: `http://host/?q=${secret}&api_key=zzz`, count: 5, none: undefined });
    logger.info('of-the-environment');
    logger.debug('x'.repeat(600));
    expect(recorder.told).toEqual([
      ['error', 'sent *** forged'],
      ['warn', 'a', { url: 'http://host/?q=***&api_key=***', count: 5, none: undefined }],
      ['info', '***'],
      ['debug', `${'x'.repeat(499)}…`],
    ]);
  });

  test('made here cleans by itself, and is passed on as it is', async () => {
    const logger = createLogger({ level: 'warn', json: false, color: false, stream: { write() {} }, redact: (t) => t });
    expect((await build(await secretive(), { logger })).resolve(tokens.logger)).toBe(logger);
  });
});
