import { expect, test } from 'vitest';
import { dropLines } from '../../../cli/render/drops.ts';
import { renderReport } from '../../../cli/render/report.ts';
import { sampleReport } from './sample-report.ts';

function reportWith(reasons: Readonly<Record<string, number>>) {
  const report = sampleReport();
  const [name = '', source] = Object.entries(report.monitoring.sources)[0] ?? [];
  if (source === undefined) throw new Error('the sample has no source');
  const sources = {
    ...report.monitoring.sources,
    [name]: { ...source, items: { ...source.items, drop_reasons: reasons } },
  };
  return { name, report: { ...report, monitoring: { ...report.monitoring, sources } } };
}

test('tells what was dropped, by source and reason, the most frequent first', () => {
  const { name, report } = reportWith({ discontinued: 3, 'not for sale\u001b[31m': 1200 });
  const lines = renderReport(report, {
    columns: 100,
    paint: (_style, text) => text,
    files: new Map(),
    isFailed: false,
  });
  expect(lines).toContain('Dropped');
  expect(lines).toContain(`${name}: 1,200 not for sale, 3 discontinued`);
});

test('shows ten reasons and says how many more there are; nothing where nothing was dropped', () => {
  const many = Object.fromEntries(Array.from({ length: 13 }, (_, index) => [`r${index}`, 1]));
  expect(dropLines(reportWith(many).report, 200).join('')).toMatch(/, 3 more reasons$/);
  expect(dropLines(sampleReport(), 80)).toEqual([]);
});
