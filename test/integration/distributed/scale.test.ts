import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { createDice } from '../../../core/dice.ts';
import { closestWindow } from '../../support/arrivals.ts';
import type { Command } from '../../support/distributed.ts';
import { createScale, scaleMissing, scaleSources, type ScaleScene, useScaleServers } from '../../support/scale.ts';

/** The long way, which the gate goes: more pages, more kills, and Redis away for half a minute. */
const thorough = process.env['LONG_RUNS'] === 'true';
/** Of each source. */
const pages = thorough ? 300 : 150;
const rateLimit = { requests: 50, perMs: 1000 };
const servers = useScaleServers();

/** Holds a finished run against what was asked for: every record once, and never too many requests at once. */
async function expectWhole(scene: ScaleScene): Promise<void> {
  const { rows, ids, all } = await scene.counted();
  expect({ rows, ids }).toEqual({ rows: all, ids: all });
  const arrivals = await scene.arrivals();
  for (const source of scaleSources) {
    const seen = arrivals[source] ?? [];
    expect(seen.length).toBeGreaterThanOrEqual(all / 30);
    expect(closestWindow(seen, rateLimit.requests)).toBeGreaterThanOrEqual(rateLimit.perMs);
  }
}

/** What a process of the run tells Prometheus. */
async function metricsOf(command: Command | undefined): Promise<string> {
  const [, port] = /metrics are at port (\d+)/.exec(command?.said() ?? '') ?? [];
  return (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
}

describe.skipIf(scaleMissing !== undefined)('a run on four workers and three sources', () => {
  test('no source sees more than its limit, and every record is written once', async () => {
    const scene = await createScale({ ...servers(), name: 'plain', pages: 300 });
    const workers = Array.from({ length: 4 }, () => scene.worker('--metrics-port', '0'));
    await Promise.all(workers.map(({ says }) => says('waiting for a run')));
    const run = scene.coordinator('--metrics-port', '0');
    await run.says('source-started');
    const soon = { timeout: 30_000, interval: 100 };
    await expect.poll(() => metricsOf(run), soon).toMatch(/^sluice_workers 4$[^]*^sluice_pages_waiting [1-9]/m);
    await expect.poll(() => metricsOf(workers[0]), soon).toMatch(/^sluice_requests_total\{.*status="200"\} [1-9]/m);
    expect(await run.ended, run.said()).toBe(0);
    await expectWhole(scene);
  }, 120_000);

  test('the same while a worker is killed every second', async () => {
    const engine = { takeoverMs: 3000 };
    const scene = await createScale({ ...servers(), name: 'kills', pages, config: { engine } });
    const dice = createDice('kill -9');
    const workers = Array.from({ length: 4 }, () => scene.worker());
    const run = scene.coordinator();
    let kills = 0;
    // Killed for as long as it goes on would be killed for ever: a page takes a while.
    while (kills < (thorough ? 20 : 6)) {
      if ((await Promise.race([run.ended, sleep(1000, 'goes on')])) !== 'goes on') break;
      const [killed] = workers.splice(dice.int(0, workers.length - 1), 1);
      killed?.kill('SIGKILL');
      kills += 1;
      workers.push(scene.worker());
    }
    expect(await run.ended, run.said()).toBe(0);
    expect(kills).toBeGreaterThan(1);
    await expectWhole(scene);
  }, 180_000);

  test('the same where the coordinator is killed and taken up', async () => {
    const scene = await createScale({ ...servers(), name: 'resumed', pages });
    for (let count = 0; count < 4; count += 1) scene.worker();
    const killed = scene.coordinator();
    await killed.says('source-started');
    await sleep(1500);
    killed.kill('SIGKILL');
    expect(await killed.ended).toBe('SIGKILL');
    // One that was killed counts as gone a few seconds later.
    let run = scene.coordinator('--resume');
    for (let tries = 0; (await run.ended) === 2 && run.said().includes('state_locked') && tries < 20; tries += 1) {
      await sleep(500);
      run = scene.coordinator('--resume');
    }
    expect(await run.ended, run.said()).toBe(0);
    await expectWhole(scene);
  }, 120_000);

  test('the same where Redis is stopped and started', async () => {
    const engine = { takeoverMs: 5000 };
    const scene = await createScale({ ...servers(), name: 'outage', pages, config: { engine } });
    const workers = Array.from({ length: 4 }, () => scene.worker());
    const run = scene.coordinator();
    await run.says('source-started');
    await sleep(1500);
    const { redis } = servers();
    await redis.halt();
    await sleep(thorough ? 30_000 : 4000);
    await redis.start();
    expect(await run.ended, run.said()).toBe(0);
    await expectWhole(scene);
    // Nobody gave up.
    for (const { said } of workers) expect(said()).not.toContain('error:');
  }, 180_000);

  test('a breaker that opens on one worker stops the others within a second', async () => {
    const breaker = { failures: 5, cooldownMs: 3000, probes: 50 };
    const scene = await createScale({
      ...servers(),
      name: 'breaker',
      pages: 100,
      source: { breaker, retry: { retries: 10, baseMs: 50, maxMs: 200 } },
    });
    await scene.set('fail', 'one');
    const workers = Array.from({ length: 4 }, () => scene.worker());
    const run = scene.coordinator();
    const seen = async (): Promise<number> => (await scene.arrivals())['one']?.length ?? 0;
    // Each counts its own failures; the first that has seen enough of them tells the others.
    await Promise.any(workers.map(({ says }) => says('failures in a row')));
    await sleep(1000);
    const stopped = await seen();
    await sleep(1500);
    // Nothing but a probe.
    expect((await seen()) - stopped).toBeLessThanOrEqual(1);
    await scene.set('heal', 'one');
    expect(await run.ended, run.said()).toBe(0);
    const { rows, ids, all } = await scene.counted();
    expect({ rows, ids }).toEqual({ rows: all, ids: all });
  }, 120_000);
});
