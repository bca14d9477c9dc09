import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import type { CircuitBreaker } from '../../../../../core/contracts/resilience.ts';
import { SluiceError } from '../../../../../core/errors.ts';
import { compose } from '../../../../../core/http/compose.ts';
import { circuitBreaker } from '../../../../../core/http/middleware/circuit-breaker.ts';
import { rateLimit } from '../../../../../core/http/middleware/rate-limit.ts';
import { systemClock } from '../../../../../core/system-clock.ts';
import type { BreakerView } from '../../../../../plugins/engines/bullmq/limits/breaker-protocol.ts';
import { createSharedBreaker } from '../../../../../plugins/engines/bullmq/limits/shared-breaker.ts';
import { httpRequest, httpResponse } from '../../../../support/http.ts';
import { redisMissing, startRedis } from '../../../../support/redis.ts';
import { limitedSource, limitsOfWorker } from '../../../../support/shared-limits.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
});

const settings = {
  failures: 3,
  failureRate: 0.8,
  minimumResults: 20,
  windowMs: 30_000,
  cooldownMs: 400,
  probes: 2,
};

/** Breakers of as many workers as there are names, and what each told. */
async function breakersOf(names: readonly string[], url?: string) {
  const server = url === undefined ? await startRedis() : undefined;
  if (server !== undefined) open.push(server);
  const at = url ?? server?.url ?? '';
  const told: string[] = [];
  const breakers: CircuitBreaker[] = [];
  for (const name of names) {
    const worker = await limitsOfWorker(at, name);
    open.push(worker);
    const onTransition = (from: string, to: string, reason: string) =>
      void told.push(`${name}: ${from} > ${to}: ${reason}`);
    breakers.push(worker.limits.breaker('shop', { settings, clock: systemClock, onTransition }));
  }
  await Promise.all(breakers.map((breaker) => breaker.ready(noSignal)));
  const [first, second, third] = breakers;
  if (first === undefined || second === undefined) throw new Error('two workers at least');
  return { url: at, first, second, third, told };
}

const noSignal = new AbortController().signal;
const failure = new SluiceError('http_500', 'the upstream answered 500', { retryable: true, status: 500 });
const succeed = (breaker: CircuitBreaker): Promise<string> => breaker.execute(() => Promise.resolve('fine'));
const fail = (breaker: CircuitBreaker): Promise<unknown> =>
  breaker.execute(() => Promise.reject(failure)).catch((error: unknown) => error);

async function trip(breaker: CircuitBreaker): Promise<void> {
  for (let count = 0; count < settings.failures; count += 1) await fail(breaker);
}

async function until(check: () => boolean, ms = 1000): Promise<number> {
  const begun = systemClock.now();
  while (!check() && systemClock.now() - begun < ms) await sleep(2);
  return systemClock.now() - begun;
}

describe.skipIf(redisMissing !== undefined)('a shared circuit breaker', () => {
  test('opens on one worker and stops the others within a second, also those that come later', async () => {
    const { url, first, second, told } = await breakersOf(['a', 'b']);
    await trip(first);
    expect(first.state).toBe('open');
    expect(await until(() => second.state === 'open')).toBeLessThan(1000);
    await expect(succeed(second)).rejects.toMatchObject({
      code: 'circuit_open',
      cause: { code: 'http_500', status: 500 },
    });
    const late = await limitsOfWorker(url, 'c');
    open.push(late);
    const third = late.limits.breaker('shop', { settings, clock: systemClock, onTransition: () => undefined });
    const signal = AbortSignal.timeout(100);
    await expect(third.ready(signal)).rejects.toThrow(/timeout/);
    expect(told).toEqual(['a: closed > open: 3 failures in a row']);
  });

  test('requests that wait for the shared limit of one worker are not sent after another has opened it', async () => {
    const { url, first, second } = await breakersOf(['a', 'b']);
    const worker = await limitsOfWorker(url, 'b2');
    open.push(worker);
    const { limiter } = worker.limits.limits(limitedSource({ rateLimit: { requests: 3, perMs: 1000 } }));
    let sends = 0;
    const handle = compose([
      circuitBreaker(second),
      rateLimit({ limiter, breaker: second, clock: systemClock, onWait: () => undefined }),
    ])(async (request) => {
      request.onPhase?.('sent');
      sends += 1;
      return httpResponse();
    });
    const asked = Array.from({ length: 9 }, () =>
      handle(httpRequest('http://upstream.test')).then(
        () => 'sent',
        (error: unknown) => (error as SluiceError).code,
      ),
    );
    await until(() => sends === 3);
    await trip(first);
    expect((await Promise.all(asked)).toSorted()).toEqual([
      ...Array.from({ length: 6 }, () => 'circuit_open'),
      ...Array.from({ length: 3 }, () => 'sent'),
    ]);
    expect(sends).toBe(3);
  });

  test('lets one probe through over all workers, whose answer lets everybody go', async () => {
    const { first, second, third, told } = await breakersOf(['a', 'b', 'c']);
    if (third === undefined) throw new Error('three workers');
    await trip(first);
    await until(() => second.state === 'open' && third.state === 'open');
    let probes = 0;
    let answered = false;
    const readied = [first, second, third]
      .flatMap((breaker) => [breaker, breaker])
      .map(async (breaker) => {
        await breaker.ready(noSignal);
        return breaker.execute(async () => {
          if (!answered) probes += 1;
          await sleep(600);
          answered = true;
        });
      });
    await Promise.all(readied);
    expect(probes).toBe(1);
    expect([first.state, second.state, third.state]).toEqual(['closed', 'closed', 'closed']);
    expect(told.map((line) => line.slice(3))).toEqual([
      'closed > open: 3 failures in a row',
      'open > half-open: 400 ms have passed',
      'half-open > closed: the probe was answered',
    ]);
  });

  test('is given up for all after failed probes in a row, whoever made them', async () => {
    const { first, second } = await breakersOf(['a', 'b']);
    await trip(first);
    await until(() => second.state === 'open');
    await second.ready(noSignal);
    await fail(second);
    await first.ready(noSignal);
    const waiting = second.ready(noSignal).catch((error: unknown) => error);
    await fail(first);
    expect(await waiting).toMatchObject({
      code: 'circuit_open',
      message: expect.stringContaining('given up after 2 failed probes'),
    });
    await expect(first.ready(noSignal)).rejects.toMatchObject({ code: 'circuit_open' });
  });

  test('a turn that its worker never uses passes on', async () => {
    const { first, second } = await breakersOf(['a', 'b']);
    await trip(first);
    await until(() => second.state === 'open');
    // As one that is killed right then.
    await first.ready(noSignal);
    await second.ready(noSignal);
    expect(await succeed(second)).toBe('fine');
    await until(() => first.state === 'closed');
    expect(first.state).toBe('closed');
  });

  test('an attempt from before it opened neither closes it nor counts', async () => {
    const { first, second } = await breakersOf(['a', 'b']);
    let finish: () => void = () => undefined;
    const slow = second.execute(() => new Promise<void>((resolve) => (finish = resolve)));
    await trip(first);
    await until(() => second.state === 'open');
    finish();
    await slow;
    expect(second.state).toBe('open');
    expect(first.state).toBe('open');
  });
});

describe('a shared circuit breaker whose answers are slower than messages', () => {
  const closed: BreakerView = {
    name: 'shop',
    era: 0,
    state: 'closed',
    from: 'closed',
    turn: false,
    failedProbes: 0,
    givenUp: false,
    failure: '',
    waitMs: 0,
  };

  test('does not close by an answer that is older than the message', async () => {
    let answer: (view: BreakerView) => void = () => undefined;
    const breaker = createSharedBreaker({
      settings,
      clock: systemClock,
      onTransition: () => undefined,
      step: () => new Promise((resolve) => (answer = resolve)),
    });
    breaker.learn({ ...closed, era: 1, state: 'open', waitMs: 400 });
    answer(closed);
    await sleep(1);
    expect(breaker.state).toBe('open');
  });

  test('closes with a server that lost its memory', async () => {
    const answers = [{ ...closed, era: 3, state: 'open' as const, from: 'open' as const }, closed];
    const breaker = createSharedBreaker({
      settings,
      clock: systemClock,
      onTransition: () => undefined,
      step: () => Promise.resolve(answers.shift() ?? closed),
    });
    await sleep(1);
    expect(breaker.state).toBe('open');
    breaker.refresh();
    await sleep(1);
    expect(breaker.state).toBe('closed');
  });
});
