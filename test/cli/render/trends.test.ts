import { describe, expect, it } from 'vitest';
import { trendLines } from '../../../cli/render/trends.ts';
import { sampleReport } from './sample-report.ts';
import { sampleTrends } from './sample-trends.ts';

const paint = (_: string, text: string): string => text;

function lines(width: number, evil = ''): string[] {
  const report = sampleReport();
  return trendLines({ ...report, metrics: { ...report.metrics, price_trends: sampleTrends(evil) } }, { width, paint });
}

describe('trendLines', () => {
  it('says in a few lines how prices have moved, exactly', () => {
    expect(lines(160)).toEqual([
      'Of 180 products with a price now and before, 2 risen, 2 fallen, 176 unchanged; 12 new, 1 gone.',
      "What is gone can't be said of sources that no earlier run, or not this one, has every product of (a page failed, or an item was rejected): escuelajs.",
      '  change     before        now  product      source',
      '  +200 %   0.10 EUR   0.30 EUR  Laptop       dummyjson',
      '+22.51 %  19.99 EUR  24.49 EUR  Mouse        dummyjson',
      '   -30 %  89.00 EUR  62.30 EUR  Keyboard     dummyjson',
      '   -10 %  50.00 EUR  45.00 EUR  dummyjson:4  dummyjson',
    ]);
  });

  it('does not say in a first run that it knows of nothing that is gone', () => {
    const report = sampleReport();
    const first = { ...sampleTrends(), compared_run_id: null, risers: [], fallers: [] };
    expect(
      trendLines({ ...report, metrics: { ...report.metrics, price_trends: first } }, { width: 160, paint }),
    ).toEqual(['This is the first run that the history holds: the next one is compared with it.']);
  });

  it('says nothing where no history is kept', () => {
    expect(trendLines(sampleReport(), { width: 80, paint })).toEqual([]);
  });

  it('fits any width, whatever a title holds', () => {
    for (const width of [20, 40, 79]) {
      for (const line of lines(width, `\u001b[31m\u202e${'x'.repeat(300)}`)) {
        expect(line.length).toBeLessThanOrEqual(width);
        expect(line).not.toMatch(/[\u0000-\u001f\u202e]/);
      }
    }
  });
});
