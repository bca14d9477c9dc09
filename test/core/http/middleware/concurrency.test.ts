import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { concurrency } from '../../../../core/http/middleware/concurrency.ts';
import { fakeClock, settle } from '../../../support/fake-clock.ts';
import { httpRequest, httpResponse, rejection } from '../support.ts';

/** Requests that end when the test says so, in the order in which they began. */
function gate(limit: number) {
  const begun: string[] = [];
  const finish = new Map<string, (error?: Error) => void>();
  const handler = concurrency({ limit })((request) => {
    begun.push(request.key);
    return new Promise((resolve, reject) => {
      finish.set(request.key, (error) => (error === undefined ? resolve(httpResponse()) : reject(error)));
    });
  });
  const ask = (key: string, signal = new AbortController().signal) => rejection(handler(httpRequest({ key, signal })));
  return { begun, finish: (key: string, error?: Error) => finish.get(key)?.(error), ask };
}

test('lets so many run at once, and the others in the order in which they came', async () => {
  const { begun, finish, ask } = gate(2);
  const all = ['a', 'b', 'c', 'd'].map((key) => ask(key));
  await settle();
  expect(begun).toEqual(['a', 'b']);
  finish('b');
  await settle();
  expect(begun).toEqual(['a', 'b', 'c']);
  finish('a', new Error('failed'));
  await settle();
  expect(begun).toEqual(['a', 'b', 'c', 'd']);
  finish('c');
  finish('d');
  await Promise.all(all);
});

test('who aborts while waiting leaves at once and takes no slot along', async () => {
  const { begun, finish, ask } = gate(1);
  const reason = new Error('stop');
  const controller = new AbortController();
  const first = ask('a');
  const second = ask('b', controller.signal);
  const third = ask('c');
  controller.abort(reason);
  expect(await second).toBe(reason);
  finish('a');
  await settle();
  expect(begun).toEqual(['a', 'c']);
  finish('c');
  await Promise.all([first, third]);
});

test('an abort right after the slot was handed over gives it on', async () => {
  const { begun, finish, ask } = gate(1);
  const reason = new Error('stop');
  const controller = new AbortController();
  const first = ask('a');
  const second = ask('b', controller.signal);
  const third = ask('c');
  finish('a');
  // Runs after the slot went to the second, and before the second goes on.
  queueMicrotask(() => controller.abort(reason));
  expect(await second).toBe(reason);
  await settle();
  expect(begun).toEqual(['a', 'c']);
  finish('c');
  await Promise.all([first, third]);
});

test('whatever comes, never more than the limit, and every slot is there in the end', async () => {
  const step = fc.record({
    at: fc.nat(200),
    takes: fc.nat(50),
    fails: fc.boolean(),
    abortAfter: fc.option(fc.nat(80), { nil: undefined }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), fc.integer({ min: 1, max: 4 }), async (steps, limit) => {
      const clock = fakeClock();
      const sleep = (ms: number): Promise<void> => new Promise((resolve) => void clock.timer(ms, resolve));
      let running = 0;
      let most = 0;
      const handler = concurrency({ limit })(async (request) => {
        running += 1;
        most = Math.max(most, running);
        await sleep(Number(request.headers['takes'] ?? 0));
        running -= 1;
        if (request.headers['fails'] === 'true') throw new Error('failed');
        return httpResponse();
      });
      const ask = async ({ at, takes, fails, abortAfter }: (typeof steps)[number]): Promise<void> => {
        await sleep(at);
        const controller = new AbortController();
        if (abortAfter !== undefined) clock.timer(abortAfter, () => controller.abort(new Error('stop')));
        const headers = { takes: String(takes), fails: String(fails) };
        await rejection(handler(httpRequest({ headers, signal: controller.signal })));
      };
      await clock.run(Promise.all(steps.map(ask)));
      expect([running, most <= limit]).toEqual([0, true]);
      const last = Array.from({ length: limit }, () => handler(httpRequest({ headers: { takes: '1' } })));
      await settle();
      expect(running).toBe(limit);
      await clock.run(Promise.all(last));
    }),
    { numRuns: 60 },
  );
});
