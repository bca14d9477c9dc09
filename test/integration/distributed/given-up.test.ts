import { describe, expect, test } from 'vitest';
import { createScale, scaleMissing, useScaleServers } from '../../support/scale.ts';

const servers = useScaleServers();

describe.skipIf(scaleMissing !== undefined)('a run into PostgreSQL that was interrupted while Redis was away', () => {
  test('leaves what workers have written, and its resume ends with every record once', async () => {
    const engine = { takeoverMs: 2000 };
    const scene = await createScale({ ...servers(), name: 'given_up', pages: 60, config: { engine } });
    const worker = scene.worker();
    const run = scene.coordinator();
    await worker.says('takes pages');
    await expect.poll(async () => (await scene.counted()).rows, { timeout: 20_000 }).toBeGreaterThan(0);
    const { redis } = servers();
    await redis.halt();
    await run.says('is away: waiting for it');
    run.kill('SIGINT');
    expect(await run.ended, run.said()).toBe(130);
    expect(run.said()).toContain('no longer waited for: the run stays as it is there');
    const { rows } = await scene.counted();
    expect(rows).toBeGreaterThan(0);

    await redis.start();
    // It could not let go of the run: nobody else has it for 10 seconds, which need not be waited for here.
    await redis.ask('DEL', ...(await redis.ask('KEYS', '*:duty:coordinator')).split('\n').filter((key) => key !== ''));
    const resumed = scene.coordinator('--resume');
    expect(await resumed.ended, resumed.said()).toBe(0);
    const counted = await scene.counted();
    expect(counted).toEqual({ rows: counted.all, ids: counted.all, all: counted.all });
    expect(worker.said()).not.toContain('error:');
  }, 90_000);
});
