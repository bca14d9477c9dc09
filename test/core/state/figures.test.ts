import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RejectGroup, SourceFigures } from '../../../core/contracts/journal.ts';
import { addTime } from '../../../core/metrics/time.ts';
import { measure } from '../../support/measured.ts';
import { addFigures, noFigures, readFigures, subtractFigures, writeFigures } from '../../../core/state/figures.ts';

const metrics = { value: 'price', group: 'category' };

const rejects = fc
  .uniqueArray(fc.constantFrom('missing_id', 'invalid_price', 'not_an_object'), { maxLength: 3 })
  .map((reasons) =>
    reasons.map((reason): RejectGroup => {
      const example = { at: 1, key: 'GET /', index: 0, message: 'no' };
      return { reason, count: 2, first: example, last: example };
    }),
  );

/** Figures as a run gathers them: with records measured, not with numbers made up. */
const figures: fc.Arbitrary<SourceFigures> = fc
  .record({
    records: fc.array(
      fc.record({
        price: fc.oneof(fc.double({ noNaN: true, min: -1e14, max: 1e14 }), fc.constant(null)),
        category: fc.constantFrom('a', 'b', '', '__proto__', 'ü'),
      }),
    ),
    counts: fc.array(fc.nat(), { minLength: 4, maxLength: 4 }),
    statuses: fc.array(fc.constantFrom(200, 404, 503)),
    // In quarters, which add up exactly in any order.
    time: fc.array(
      fc.tuple(
        fc.constantFrom('rate_limit', 'upstream', 'other'),
        fc.nat().map((ms) => ms / 4),
      ),
    ),
    rejects,
  })
  .map(
    ({ records, counts: [read = 0, requests = 0, bytes = 0, limiterWaitMs = 0], statuses, time, rejects: groups }) => {
      const made = { ...noFigures(), read, requests, bytes, limiterWaitMs, rejects: groups };
      for (const record of records) measure(made.metrics, record, metrics);
      for (const [use, ms] of time) addTime(made.time, { [use]: ms });
      for (const status of statuses) made.statuses.set(status, (made.statuses.get(status) ?? 0) + 1);
      return made;
    },
  );

const throughJson = (one: SourceFigures): SourceFigures =>
  readFigures(JSON.parse(JSON.stringify(writeFigures(one))) as ReturnType<typeof writeFigures>);

describe('figures', () => {
  it('come back from a line of the journal as they were', () => {
    fc.assert(
      fc.property(figures, (one) => {
        expect(throughJson(one)).toEqual(one);
      }),
    );
  });

  it('add up to the same whether they were written in one epoch or in many', () => {
    fc.assert(
      fc.property(fc.array(figures, { maxLength: 6 }), fc.nat(6), (all, cut) => {
        const straight = noFigures();
        for (const one of all) addFigures(straight, one);
        const early = noFigures();
        for (const one of all.slice(0, cut)) addFigures(early, one);
        const resumed = throughJson(early);
        for (const one of all.slice(cut)) addFigures(resumed, throughJson(one));
        expect(resumed).toEqual(straight);
      }),
    );
  });

  it('leave what is added as it is', () => {
    fc.assert(
      fc.property(figures, figures, (into, from) => {
        const before = structuredClone(from);
        addFigures(into, from);
        addFigures(into, from);
        expect(from).toEqual(before);
      }),
    );
  });

  it('of nothing take no room in a line', () => expect(writeFigures(noFigures())).toEqual({}));

  it('lose rejected items that are tried again, and the groups that are empty then', () => {
    const example = { at: 1, key: 'GET /', index: 0, message: 'no' };
    const group = { reason: 'missing_id', count: 3, first: example, last: example } as const;
    const from = { ...noFigures(), read: 10, rejected: 5, rejects: [group, { ...group, field: 'price', count: 2 }] };
    const items = { ...noFigures(), read: 4, rejected: 4, rejects: [group, { ...group, field: 'price', count: 1 }] };
    subtractFigures(from, items);
    expect(from).toMatchObject({ read: 6, rejected: 1, rejects: [{ field: 'price', count: 1 }] });
    expect(from.rejects).toHaveLength(1);
  });
});
