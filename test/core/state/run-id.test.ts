import { describe, expect, it } from 'vitest';
import { createRunId, startOfRun } from '../../../core/state/run-id.ts';

describe('the id of a run', () => {
  it('tells when the run began, to the millisecond', () => {
    const began = '2026-12-31T23:59:59.007Z';
    expect(startOfRun(createRunId(Date.parse(began)))).toBe(began);
  });

  it.each([
    ['the same millisecond', 0],
    ['a clock that was set back by an hour', 3_600_000],
  ])('comes after that of the run before it: %s', (_, setBackMs) => {
    const now = Date.parse('2026-12-31T23:59:59.007Z');
    const before = createRunId(now + setBackMs);
    const id = createRunId(now, before);
    expect(id > before).toBe(true);
    expect(startOfRun(id)).toBe(new Date(now + setBackMs + 1).toISOString());
  });

  it('has the time of today where the run before it is of a day that is far off, or of no time', () => {
    const now = Date.parse('2026-12-31T23:59:59.007Z');
    for (const before of [createRunId(now + 10 * 86_400_000), createRunId(now - 1), 'run1'])
      expect(startOfRun(createRunId(now, before))).toBe(new Date(now).toISOString());
  });

  it.each(['run1', '20261231T235959007', ''])('of another form tells the epoch: %j', (id) => {
    expect(startOfRun(id)).toBe('1970-01-01T00:00:00.000Z');
  });
});
