import { describe, expect, it } from 'vitest';
import { renderMarkdown } from '../../../cli/report/markdown.ts';
import { sampleRecord } from '../render/sample-record.ts';
import { sampleTrends } from '../render/sample-trends.ts';

describe('renderMarkdown', () => {
  it('tells of sources, prices, categories, errors and where every item went', () => {
    expect(renderMarkdown(sampleRecord()).split('\n')).toEqual([
      '## Partial run `r`',
      '',
      '**374 records** in 3.21 s, 95 % of pages delivered.',
      '',
      '| source | state | records | requests | retries | p95 | limiter wait |',
      '| --- | --- | --- | --- | --- | --- | --- |',
      '| `dummyjson` | complete | 194 | 12 | 2 | 40 ms | 1.8 s |',
      '| `escuelajs` | partial | 180 | 12 | 2 | 40 ms | 1.8 s |',
      '',
      'Prices: least 10, first quartile 40, median 80, third quartile 160, 95th percentile 400, greatest 490.',
      '',
      '| category | records |',
      '| --- | --- |',
      '| `(none)` | 180 |',
      '| `fragrances` | 104 |',
      '| `laptops` | 90 |',
      '',
      '| error | count | where | first message |',
      '| --- | --- | --- | --- |',
      '| `invalid_record` | 4 | `escuelajs` | `item 3 of page GET /products?offset=20 rejected, invalid_price: not a number` |',
      '| `timeout_after_retries` | 2 | `escuelajs` | `no response headers within 10000 ms` |',
      '| `http_404` | 1 | `dummyjson` | `Not found` |',
      '',
      '- `json-file`: 380 read + 0 split = 374 written + 4 rejected + 2 duplicates + 0 dropped + 0 filtered + 0 unwritten',
      '',
    ]);
  });

  it('keeps what an upstream says within its cell and its code span', () => {
    const text = renderMarkdown(sampleRecord(' `|x|`\n\n# @everybody <b>'));
    expect(text).toContain("| `fragrances '\\|x\\|' # @everybody <b>` | 104 |");
    expect(text.split('\n').filter((line) => line.startsWith('#'))).toEqual(['## Partial run `r`']);
  });

  it('tells how prices moved, where a history is kept', () => {
    const { report, ...record } = sampleRecord();
    const text = renderMarkdown({
      ...record,
      report: { ...report, metrics: { ...report.metrics, price_trends: sampleTrends('`|') } },
    });
    const lines = text.split('\n');
    const from = lines.findIndex((line) => line.startsWith('Price trends'));
    expect(lines.slice(from, from + 14)).toEqual([
      'Price trends: Of 180 products with a price now and before, 2 risen, 2 fallen, 176 unchanged; 12 new, 1 gone.',
      '',
      '| product | source | before | now | change | % |',
      '| --- | --- | --- | --- | --- | --- |',
      "| `Laptop'\\|` | `dummyjson` | `0.10 EUR` | `0.30 EUR` | `+0.20 EUR` | +200 % |",
      '| `Mouse` | `dummyjson` | `19.99 EUR` | `24.49 EUR` | `+4.50 EUR` | +22.51 % |',
      '| `Keyboard` | `dummyjson` | `89.00 EUR` | `62.30 EUR` | `-26.70 EUR` | -30 % |',
      '| `dummyjson:4` | `dummyjson` | `50.00 EUR` | `45.00 EUR` | `-5.00 EUR` | -10 % |',
      '',
      "New: `Robot'\\|`, `Ball`, … and 10 more.",
      '',
      'Gone: `dummyjson:7`.',
      '',
      "What is gone can't be said of sources that no earlier run, or not this one, has every product of (a page failed, or an item was rejected): `escuelajs'\\|`.",
    ]);
  });

  it('tells which rules on quality were broken, and which categories the mapping lacks', () => {
    const { report, ...record } = sampleRecord();
    const rule = { check: 'notNull', action: 'warn', field: 'a', sources: [], records: 9, examples: [] } as const;
    const rules = [
      { ...rule, name: 'kept', failed: 0, state: 'passed' },
      { ...rule, name: 'a', failed: 2, state: 'warned', examples: [{ record: 'x:1', message: 'a `|` b' }] },
      { ...rule, name: 'b', failed: 1, state: 'failed', action: 'fail' },
    ] as const;
    const categories = {
      mapped: {},
      unmapped: { 'a|b': 5, ...Object.fromEntries('1 2 3 4 5 6 7 8 9 x y'.split(' ').map((name) => [name, 1])) },
    };
    const monitoring = { ...report.monitoring, quality: { failed: true, rules }, categories };
    const lines = renderMarkdown({ ...record, report: { ...report, monitoring } }).split('\n');
    expect(lines[0]).toBe('## Partial run `r`, failed by a rule on quality');
    const from = lines.indexOf('Quality: 2 rules broken, 1 kept.');
    expect(lines.slice(from + 1, from + 7)).toEqual([
      '',
      '| rule | state | broke it | first example |',
      '| --- | --- | --- | --- |',
      '| `b` | failed | 1 | – |',
      "| `a` | warned | 2 | `x:1: a '\\|' b` |",
      '',
    ]);
    expect(lines.find((line) => line.startsWith('Outside of the mapping: '))).toMatch(
      /5 `a\\|b`, .*1 `8`, 2 more names\.$/,
    );
  });
});
