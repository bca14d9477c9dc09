import { describe, expect, it } from 'vitest';
import { renderMarkdown } from '../../../cli/report/markdown.ts';
import { sampleRecord } from '../render/sample-record.ts';

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
});
