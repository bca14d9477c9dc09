import 'reflect-metadata';
import { type DependencyContainer, type InjectionToken, container as root } from 'tsyringe';
import { afterEach, describe, expect, test } from 'vitest';
import { resolveConfig } from '../../../core/config/resolve.ts';
import type { ResolvedConfig } from '../../../core/config/resolved.ts';
import type { Services } from '../../../core/contracts/services.ts';
import { createContainer } from '../../../core/di/container.ts';
import { tokens } from '../../../core/di/tokens.ts';
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
