import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { createScene, type Scene, type SceneOptions } from '../../support/distributed.ts';
import { manyPages, manyPagesSource } from '../../support/many-pages.ts';
import { startRedis, type TestRedis } from '../../support/redis.ts';

/** Pages of the shop. */
export const pages = 60;
/** Items of each. */
export const size = 10;

/** A scene with a shop of 60 pages, each of which takes a while; `redis: undefined` for a run in one process. */
export async function createShop({ url }: TestRedis, options: Partial<SceneOptions> = {}): Promise<Scene> {
  const api = manyPages(pages, size);
  const source = { use: './shop.mjs', concurrency: 2 };
  const scene = await createScene({
    redis: url,
    api,
    mock: { latencyMs: 50, rateLimit: false },
    source,
    ...options,
  });
  await writeFile(join(scene.folder, 'shop.mjs'), manyPagesSource(pages));
  return scene;
}

/** A Redis for the tests of a suite, and shops on it. */
export function useShop(): {
  readonly ask: TestRedis['ask'];
  readonly shop: (options?: Partial<SceneOptions>) => Promise<Scene>;
} {
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.close());
  // Another run of the same queue would be in the way.
  afterEach(async () => void (await redis.ask('FLUSHALL')));
  return {
    ask: (...command) => redis.ask(...command),
    shop: (options) => createShop(redis, options),
  };
}
