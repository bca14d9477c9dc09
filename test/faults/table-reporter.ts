import { stripVTControlCharacters } from 'node:util';
import type { SerializedError } from 'vitest';
import type { Reporter, TestCase, TestModule } from 'vitest/node';

const columns = ['group', 'fault', 'expected', 'seen', 'ok'] as const;

/** Prints the fault matrix as one table, and under it what went wrong. */
export default class TableReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const lines = [[...columns], ...tests.map(lineOf)];
    const widths = columns.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
    const table = lines.map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    );
    const [head = '', ...rows] = table;
    const failed = tests.filter((test) => test.result().state === 'failed');
    const skipped = tests.filter((test) => test.result().state === 'skipped');
    const sum = `${tests.length} rows, ${failed.length} otherwise than expected, ${skipped.length} not run`;
    const errors = [
      ...failed.flatMap((test) => (test.result().errors ?? []).map(({ message }) => `${test.fullName}: ${message}`)),
      ...[...modules.flatMap((module) => module.errors()), ...unhandled].map(({ message }) => message),
    ];
    const text = [head, '-'.repeat(head.length), ...rows, '', sum, ...errors.map((error) => `\n${error}`)].join('\n');
    process.stdout.write(`${stripVTControlCharacters(text)}\n`);
  }
}

function lineOf(test: TestCase): string[] {
  const { row } = test.meta();
  const group = test.parent.type === 'suite' ? test.parent.name : '';
  const { state } = test.result();
  const ok = state === 'passed' ? 'yes' : state === 'skipped' ? '-' : 'NO';
  if (row === undefined) return [group, test.name, '', 'no outcome', ok];
  const seen = row.seen === row.expected ? 'as expected' : row.seen;
  return [row.group, row.fault, row.expected, seen, ok];
}
