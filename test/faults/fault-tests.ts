/* oxlint-disable vitest/valid-title -- the titles are those of the rows */
import { describe, expect, test } from 'vitest';
import type { FaultRow } from './fault-row.ts';

/** Declares a test for each row, and tells the table what came of it. */
export function faultTests(rows: readonly FaultRow[]): void {
  for (const group of new Set(rows.map((row) => row.group))) {
    describe(group, () => {
      for (const row of rows.filter((each) => each.group === group)) faultTest(row);
    });
  }
}

function faultTest(row: FaultRow): void {
  const { group, fault, expected, pending } = row;
  const options = { concurrent: row.alone !== true, timeout: 40_000 };
  test(fault, options, async ({ task, skip }) => {
    const tell = (seen: string): void => {
      task.meta.row = { group, fault, expected, seen };
    };
    if (pending !== undefined) {
      tell(`not run: ${pending}`);
      skip(pending);
    }
    const { outcome, check } = await row.run();
    tell(outcome);
    await check();
    expect(outcome).toBe(expected);
  });
}
