import { mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import type { SluiceError } from '../../../core/errors.ts';
import type { KeptPage } from '../../../core/contracts/page-cache.ts';
import { openPageCache } from '../../../core/state/page-cache.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

let folder: string;
beforeEach(async () => {
  folder = join(await temporaryFolder(), 'cache');
});

const page = (text: string): KeptPage => ({
  etag: '"v1"',
  headers: { 'content-type': 'application/json' },
  body: new Uint8Array(new TextEncoder().encode(text)),
});
const open = (
  change: { maxBytes?: number; writeOnly?: boolean } = {},
  onFailure = vi.fn<(error: SluiceError) => void>(),
) => openPageCache({ folder, maxBytes: 1_000_000, onFailure, ...change });

test('gives back what was kept, also to the next process, in a buffer of its own', async () => {
  const kept = page('[{"a":"line\\nbreak"}]\n[2]');
  await open().write('aa', kept);
  const found = await open().read('aa');
  expect(found).toEqual(kept);
  expect(found?.body.byteOffset).toBe(0);
  expect(found?.body.buffer.byteLength).toBe(kept.body.byteLength);
  expect(statSync(join(folder, 'aa.page')).mode & 0o077).toBe(0);
});

test('has no page that was never kept, and none that is damaged', async () => {
  const cache = open();
  await cache.write('aa', page('[1,2,3]'));
  expect(await cache.read('bb')).toBeUndefined();
  const file = join(folder, 'aa.page');
  const whole = readFileSync(file);
  for (const damaged of [
    whole.subarray(0, -1),
    Buffer.alloc(0),
    Buffer.from('{}\n[1,2,3]'),
    Buffer.from('\n'),
    Buffer.alloc(9),
  ]) {
    writeFileSync(file, damaged);
    expect(await cache.read('aa')).toBeUndefined();
  }
});

test('answers with nothing where everything is to be asked for, and keeps what comes', async () => {
  await open().write('aa', page('[1]'));
  const anew = open({ writeOnly: true });
  expect(await anew.read('aa')).toBeUndefined();
  await anew.write('aa', page('[2]'));
  expect(new TextDecoder().decode((await open().read('aa'))?.body)).toBe('[2]');
});

test('lets go of what was used longest ago, and of what was never finished', async () => {
  const cache = open({ maxBytes: 700 });
  for (const key of ['aa', 'bb', 'cc']) await cache.write(key, page('x'.repeat(100)));
  const at = (key: string, seconds: number): void => utimesSync(join(folder, `${key}.page`), seconds, seconds);
  at('aa', 1000);
  at('bb', 2000);
  at('cc', 3000);
  // Read just now.
  expect(await cache.read('aa')).toBeDefined();
  writeFileSync(join(folder, 'dd.page.0123'), 'half');
  await cache.close();
  expect(readdirSync(folder).toSorted()).toEqual(['aa.page', 'cc.page']);
});

test('tells the first failure to write, and goes on without', async () => {
  mkdirSync(join(folder, '..'), { recursive: true });
  writeFileSync(folder, 'a file in the way');
  const onFailure = vi.fn<(error: SluiceError) => void>();
  const cache = open({}, onFailure);
  await cache.write('aa', page('[1]'));
  await cache.write('bb', page('[1]'));
  expect(onFailure).toHaveBeenCalledTimes(1);
  expect(onFailure.mock.calls[0]?.[0]).toMatchObject({ code: 'state_failed' });
  await cache.close();
});
