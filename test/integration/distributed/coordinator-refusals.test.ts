import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { redisMissing, startRedis } from '../../support/redis.ts';
import { useShop } from './shop.ts';

describe.skipIf(redisMissing !== undefined)('a coordinator', () => {
  const { shop } = useShop();

  test('refuses to be a second one', async () => {
    const scene = await shop();
    const first = scene.start('run');
    await first.says('started');
    const second = scene.start('run', '--resume');
    expect(await second.ended).toBe(2);
    expect(second.said()).toMatch(/the run \S+ is under way, coordinated by process \d+ on/);
    const third = scene.start('run');
    expect(await third.ended).toBe(2);
    expect(third.said()).toMatch(/the queue "sluice" has the run \S+ under way/);
    first.kill('SIGINT');
    await first.ended;
  }, 60_000);

  test('takes up no run of another config', async () => {
    const scene = await shop();
    const first = scene.start('run');
    await first.says('started');
    const [, id = ''] = /run (\S+):/.exec(first.said()) ?? [];
    first.kill('SIGINT');
    await first.ended;
    await scene.change({ sinks: ['ndjson'] });
    const second = scene.start('run', '--resume', id);
    expect(await second.ended).toBe(2);
    expect(second.said()).toMatch(/can't be taken up: the config has changed since \(sinks/);
    const third = scene.start('run', '--resume', 'nothing');
    expect(await third.ended).toBe(2);
    expect(third.said()).toContain(`there is no run nothing in the queue "sluice"; the latest are ${id}`);
  }, 60_000);

  test('says what keeps it from starting, without the password', async () => {
    const nobody = await shop({ redis: 'redis://user:very-secret@127.0.0.1:1' });
    const dead = nobody.start('run');
    const worker = nobody.start('worker');
    expect([await dead.ended, await worker.ended]).toEqual([2, 2]);
    for (const { said } of [dead, worker]) {
      expect(said()).toContain('127.0.0.1:1');
      expect(said()).not.toContain('very-secret');
    }
    const locked = await startRedis({ password: 'right' });
    try {
      const wrong = await shop({ redis: `redis://:very-wrong@127.0.0.1:${locked.port}` });
      const refused = wrong.start('run');
      expect(await refused.ended).toBe(2);
      expect(refused.said()).not.toContain('very-wrong');
    } finally {
      await locked.close();
    }
  }, 60_000);

  test('asks nobody for what can not hold on several machines', async () => {
    const scene = await shop();
    const mock = scene.start('run', '--mock');
    expect(await mock.ended).toBe(2);
    expect(mock.said()).toContain("can't reach embedded upstreams of this process");
    await writeFile(
      join(scene.folder, 'sink.mjs'),
      "export default { name: 'own', open: () => { throw new Error('was opened'); } }",
    );
    await scene.change({ sinks: ['./sink.mjs'] });
    const own = scene.start('run');
    expect(await own.ended).toBe(2);
    const worker = scene.start('worker');
    expect(await worker.ended).toBe(2);
    const check = scene.start('check');
    expect(await check.ended).toBe(2);
    for (const { said } of [own, worker])
      expect(said()).toContain('the sink "own" can\'t be written to from several machines');
  }, 60_000);
});
