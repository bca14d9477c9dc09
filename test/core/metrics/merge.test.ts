import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MetricsPartial } from '../../../core/contracts/metrics.ts';
import { boundGroups, maxGroups, mergeMetrics, otherGroups } from '../../../core/metrics/merge.ts';
import { measure } from '../../support/measured.ts';
import { summarise } from '../../../core/metrics/statistics.ts';

const metrics = { value: 'price', group: 'category' };

interface Item {
  readonly price: number | null;
  readonly category: string | null;
}

const price = fc.oneof(
  fc.constant(null),
  fc.constantFrom(0, -0, 1, 0.1, 1e-7, -1e-7, 999_999_999_999_999.9, -1e14),
  fc.double({ min: -1e6, max: 1e6, noNaN: true }),
);
const category = fc.constantFrom(null, '', 'a', 'b', 'beauty', '__proto__', 'constructor', '(none)', otherGroups);
const items = fc.array(fc.record<Item>({ price, category }), { maxLength: 60 });

function partialOf(records: readonly Item[]): MetricsPartial {
  const partial: MetricsPartial = new Map();
  for (const record of records) measure(partial, { ...record }, metrics);
  return partial;
}

function merged(partials: readonly MetricsPartial[]): MetricsPartial {
  const sum: MetricsPartial = new Map();
  for (const partial of partials) mergeMetrics(sum, partial);
  return sum;
}

const summaryOf = (partial: MetricsPartial) => summarise(new Map([['shop', partial]]));

/** Deals the cards to `count` hands by what `deal` says. */
function split<T>(all: readonly T[], deal: readonly number[], count: number): T[][] {
  const parts: T[][] = Array.from({ length: count }, () => []);
  all.forEach((item, index) => parts[(deal[index] ?? 0) % count]?.push(item));
  return parts;
}

describe('mergeMetrics', () => {
  it('gives the same summary for any split into pages and any order of merging', () => {
    const deal = fc.array(fc.nat(7), { minLength: 60, maxLength: 60 });
    fc.assert(
      fc.property(items, deal, fc.nat(7), fc.nat(7), (records, dealing, turn, cut) => {
        const pages = split(records, dealing, 8).map(partialOf);
        const turned = [...pages.slice(turn), ...pages.slice(0, turn)].toReversed();
        const tree = merged([merged(turned.slice(0, cut)), merged(turned.slice(cut))]);
        expect(summaryOf(tree)).toEqual(summaryOf(partialOf(records)));
      }),
    );
  });

  it('leaves what is merged as it was', () => {
    fc.assert(
      fc.property(items, items, (a, b) => {
        const [from, into] = [partialOf(a), partialOf(b)];
        const before = structuredClone(from);
        mergeMetrics(into, from);
        mergeMetrics(into, from);
        expect(from).toEqual(before);
      }),
    );
  });

  it('keeps the first thousand groups by name and adds up the rest, whatever the order', () => {
    const names = Array.from({ length: 3 * maxGroups + 7 }, (_, index) => `group ${(index * 7919) % 4093}`);
    const expected = [...new Set(names)].toSorted().slice(0, maxGroups);
    const whole = summaryOf(partialOf(names.map((name) => ({ price: 1, category: name }))));
    const records = names.map((name) => partialOf([{ price: 1, category: name }]));
    const backwards = summaryOf(merged(records.toReversed()));
    const pairs = summaryOf(merged([merged(records.slice(0, 2500)), merged(records.slice(2500))]));
    expect(backwards).toEqual(whole);
    expect(pairs).toEqual(whole);
    const distribution = new Map(Object.entries(whole.category_distribution));
    expect([...distribution.keys()].filter((name) => name !== otherGroups).toSorted()).toEqual(expected);
    expect(distribution.get(otherGroups)).toBe(names.length - maxGroups);
  });

  it('never holds more than two thousand groups and one, however many names an upstream makes up', () => {
    const sum: MetricsPartial = new Map();
    for (let page = 0; page < 500; page++) {
      const made = Array.from({ length: 20 }, (_, index) => ({ price: 1, category: `${page}-${index}` }));
      mergeMetrics(sum, partialOf(made));
      expect(sum.size).toBeLessThanOrEqual(2 * maxGroups + 1);
    }
    boundGroups(sum);
    expect(sum.size).toBe(maxGroups + 1);
    expect([...sum.values()].reduce((all, group) => all + group.count, 0)).toBe(10_000);
  });
});
