import { describe, expect, it } from 'vitest';
import { createRunId, startOfRun } from '../../../core/state/run-id.ts';

describe('the id of a run', () => {
  it('tells when the run began, to the millisecond', () => {
    const began = '2026-12-31T23:59:59.007Z';
    expect(startOfRun(createRunId(Date.parse(began)))).toBe(began);
  });

  it.each(['run1', '20261231T235959007', ''])('of another form tells the epoch: %j', (id) => {
    expect(startOfRun(id)).toBe('1970-01-01T00:00:00.000Z');
  });
});
