import { isIP } from 'node:net';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addressKind } from '../../../../core/http/transports/address-kind.ts';
import { guardedLookup, type Resolver } from '../../../../core/http/transports/guarded-lookup.ts';

/** A lookup whose resolver gives `answers` one after the other; each call gives addresses or the code of an error. */
function guarded(answers: readonly (readonly string[] | Error)[]) {
  const asked: unknown[] = [];
  const remaining = [...answers];
  const resolve: Resolver = (_hostname, options, callback) => {
    asked.push(options);
    const answer = remaining.shift() ?? [];
    if (answer instanceof Error) callback(answer, []);
    else
      callback(
        null,
        answer.map((address) => ({ address, family: isIP(address) })),
      );
  };
  const lookup = guardedLookup(resolve);
  const ask = (): readonly string[] | string => {
    let result: readonly string[] | string = 'nothing';
    lookup('shop.test', { all: true }, (error, addresses) => {
      if (error !== null) result = `${error.code}: ${error.message}`;
      else result = typeof addresses === 'string' ? addresses : addresses.map(({ address }) => address);
    });
    return result;
  };
  return { lookup, ask, asked };
}

describe('a name', () => {
  test('that led outside stays there: addresses inside are left out, and refused where there is nothing else', () => {
    const { ask } = guarded([
      ['1.1.1.1'],
      ['127.0.0.1', '1.0.0.1', '::1'],
      ['10.0.0.5', '169.254.169.254'],
      ['1.1.1.1'],
    ]);
    expect([ask(), ask(), ask(), ask()]).toEqual([
      ['1.1.1.1'],
      ['1.0.0.1'],
      'address_refused: shop.test now leads to 10.0.0.5 (private), 169.254.169.254 (link-local), which it did not at first: no connection is made',
      ['1.1.1.1'],
    ]);
  });

  test('that leads to both at first is one that leads outside', () => {
    const { ask } = guarded([['127.0.0.1', '1.1.1.1'], ['127.0.0.1']]);
    expect(ask()).toEqual(['1.1.1.1']);
    expect(ask()).toMatch(/^address_refused/);
  });

  test('that led inside may lead to the same kind of place, and outside', () => {
    const { ask } = guarded([['172.18.0.3'], ['10.1.2.3'], ['1.1.1.1', 'fd00::1']]);
    expect([ask(), ask(), ask()]).toEqual([['172.18.0.3'], ['10.1.2.3'], ['1.1.1.1', 'fd00::1']]);
  });

  test('that led inside leads to no other kind of place', () => {
    const { ask } = guarded([['10.1.2.3'], ['127.0.0.1'], ['169.254.169.254']]);
    expect(ask()).toEqual(['10.1.2.3']);
    expect([ask(), ask()].every((answer) => String(answer).startsWith('address_refused'))).toBe(true);
  });

  test('that is not found decides nothing', () => {
    const notFound = Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' });
    const { ask } = guarded([notFound, ['10.1.2.3'], ['10.1.2.4']]);
    expect([ask(), ask(), ask()]).toEqual(['ENOTFOUND: getaddrinfo ENOTFOUND', ['10.1.2.3'], ['10.1.2.4']]);
  });

  test('that leads nowhere is refused', () => {
    expect(guarded([[]]).ask()).toMatch(/^address_refused: shop\.test now leads to no address/);
  });
});

test('a socket that wants one address gets the first good one, of all that were asked for', () => {
  const { lookup, asked } = guarded([['127.0.0.1', '1.1.1.1', '1.0.0.1']]);
  const answers: unknown[] = [];
  lookup('shop.test', { family: 4, hints: 32 }, (...answer) => void answers.push(answer));
  expect(answers).toEqual([[null, '1.1.1.1', 4]]);
  expect(asked).toEqual([{ family: 4, hints: 32, all: true }]);
});

test('the resolver of the system finds the names that lead inside', async () => {
  const answer = await new Promise((resolve, reject) => {
    guardedLookup()('localhost', {}, (error, address) => (error === null ? resolve(address) : reject(error)));
  });
  expect(addressKind(String(answer))).toBe('loopback');
});

test('whatever a resolver answers, who began outside never gets an address inside', () => {
  const address = fc.oneof(
    fc.ipV4(),
    fc.ipV6(),
    fc.ipV4().map((inner) => `::ffff:${inner}`),
    fc.constant('127.0.0.1'),
  );
  fc.assert(
    fc.property(fc.array(fc.array(address, { minLength: 1, maxLength: 4 }), { maxLength: 6 }), (answers) => {
      const { ask } = guarded([['1.1.1.1'], ...answers]);
      ask();
      for (const answer of answers) {
        const good = answer.filter((each) => addressKind(each) === 'public');
        const got = ask();
        expect(typeof got === 'string' ? got.split(':')[0] : got).toEqual(good.length > 0 ? good : 'address_refused');
      }
    }),
  );
});
