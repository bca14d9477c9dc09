import { describe, expect, test } from 'vitest';
import { createWaitingLine } from '../../core/waiting-line.ts';
import { rejection } from './http/support.ts';

const noSignal = new AbortController().signal;

function lineOf() {
  let emptied = 0;
  const line = createWaitingLine<number>({ onEmpty: () => (emptied += 1) });
  return { line, emptied: () => emptied };
}

describe('a waiting line', () => {
  test('serves first come, first served', async () => {
    const { line } = lineOf();
    const served = [line.join(noSignal), line.join(noSignal), line.join(noSignal)];
    expect([line.serve(1), line.serve(2), line.serve(3), line.serve(4)]).toEqual([true, true, true, false]);
    expect(await Promise.all(served)).toEqual([1, 2, 3]);
    expect(line.length).toBe(0);
  });

  test.each([0, 1, 2])('an abort takes waiter %i out at once, and the others keep their order', async (index) => {
    const { line, emptied } = lineOf();
    const reason = new Error('enough');
    const controllers = [0, 1, 2].map(() => new AbortController());
    const joined = controllers.map(({ signal }) => line.join(signal).catch((error: unknown) => error));
    const outcomes = Promise.all(joined);
    controllers[index]?.abort(reason);
    expect(line.length).toBe(2);
    expect([line.serve(1), line.serve(2), line.serve(3)]).toEqual([true, true, false]);
    const expected: unknown[] = [1, 2];
    expected.splice(index, 0, reason);
    expect(await outcomes).toEqual(expected);
    expect(emptied()).toBe(0);
  });

  test('an abort after being served changes nothing', async () => {
    const { line, emptied } = lineOf();
    const controller = new AbortController();
    const joined = line.join(controller.signal);
    line.serve(7);
    controller.abort(new Error('too late'));
    expect(await joined).toBe(7);
    expect(emptied()).toBe(0);
  });

  test('says when an abort took the last one', async () => {
    const { line, emptied } = lineOf();
    const controller = new AbortController();
    const joined = [line.join(controller.signal), line.join(controller.signal)].map(rejection);
    controller.abort(new Error('all of you'));
    await Promise.all(joined);
    expect([line.length, emptied()]).toEqual([0, 1]);
  });

  test('an aborted signal never joins', async () => {
    const { line } = lineOf();
    const reason = new Error('before');
    expect(await rejection(line.join(AbortSignal.abort(reason)))).toBe(reason);
    expect(line.length).toBe(0);
  });

  test('who goes ahead is served before the others, and in turn among themselves', async () => {
    const { line } = lineOf();
    const order: string[] = [];
    const join = (name: string, ahead?: boolean): void =>
      void line.join(noSignal, ahead === undefined ? {} : { ahead }).then(() => order.push(name));
    join('a');
    join('first', true);
    join('b', false);
    join('second', true);
    line.serve(1);
    join('third', true);
    while (line.serve(1));
    join('c');
    join('fourth', true);
    while (line.serve(1));
    await Promise.resolve();
    expect(order).toEqual(['first', 'second', 'third', 'a', 'b', 'fourth', 'c']);
  });

  test.each([0, 1, 2])('an abort of number %i of those ahead keeps the order of the rest', async (index) => {
    const { line } = lineOf();
    const order: number[] = [];
    void line.join(noSignal).then(() => order.push(9));
    const controllers = [0, 1, 2].map(() => new AbortController());
    const joined = controllers.map(({ signal }, number) =>
      line.join(signal, { ahead: true }).then(
        () => order.push(number),
        () => undefined,
      ),
    );
    controllers[index]?.abort(new Error('enough'));
    void line.join(noSignal, { ahead: true }).then(() => order.push(3));
    while (line.serve(1));
    await Promise.all(joined);
    expect(order).toEqual([0, 1, 2, 3, 9].filter((number) => number !== index));
  });

  test('refuse sends everybody away', async () => {
    const { line } = lineOf();
    const joined = [line.join(noSignal), line.join(noSignal)].map(rejection);
    const error = new Error('closed');
    line.refuse(error);
    expect(await Promise.all(joined)).toEqual([error, error]);
    expect(line.length).toBe(0);
  });
});
