import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createScene, type Scene, type SceneOptions } from '../../support/distributed.ts';
import { manyPages, manyPagesSource } from '../../support/many-pages.ts';
import type { TestRedis } from '../../support/redis.ts';

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
