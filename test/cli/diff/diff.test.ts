import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { diffCommand } from '../../../cli/commands/diff.ts';
import { renderDiffMarkdown } from '../../../cli/diff/markdown.ts';
import { renderDiff } from '../../../cli/diff/text.ts';
import { createPaint } from '../../../cli/render/paint.ts';
import type { ResolvedConfig } from '../../../core/config/resolved.ts';
import { codeBlocks, read } from '../../docs/markdown.ts';
import { sampleDiff } from './sample-diff.ts';

const paint = createPaint(false);

describe('renderDiff', () => {
  it('tells records, fields, schema, errors and latency of both runs', () => {
    expect(renderDiff(sampleDiff(), { width: 120, paint })).toEqual([
      'before: 20260101T000000000-a, began 2026-01-01T00:00:00Z',
      'after:  20260102T000000000-b, began 2026-01-02T00:00:00Z, partial',
      '294 → 300 records in 3 s → 3.5 s',
      '',
      'Sources',
      'source     state          records  new  removed  changed  errors  requests            p50             p95',
      'dummyjson  complete     194 → 200   12        6        3  0 → 12   12 → 15  12 ms → 40 ms  40 ms → 900 ms',
      'feed       – → partial      – → 9                         0 → 12   12 → 15  12 ms → 40 ms  40 ms → 900 ms',
      'New: dummyjson:195, dummyjson:196 and 10 more',
      'Removed: dummyjson:7 and 5 more',
      'The later run had not all records of dummyjson: what is removed may still be there.',
      '',
      'Changed fields',
      'source     field  records  example',
      'dummyjson  price        3  19.99 → 24.49 (dummyjson:1)',
      'dummyjson  brand        1  none → "A" (dummyjson:2)',
      '… 2 more',
      '',
      'Schema',
      'source     field  what',
      'dummyjson  brand  appeared, string',
      'dummyjson  size   number → number or string',
      'dummyjson  old    disappeared, was object',
      '',
      'Errors',
      'error                         where       count',
      'timeout                       dummyjson  0 → 12',
      'invalid_record invalid_price  dummyjson   3 → 1',
    ]);
  });

  it('prints what its document shows', () => {
    const block = codeBlocks(read('docs/diff.md')).find(({ text }) => text.startsWith('$ pipeline diff\n'));
    expect(block?.text.split('\n').slice(1).join('\n').trim()).toBe(
      renderDiff(sampleDiff(), { width: 120, paint }).join('\n'),
    );
  });

  it('fits a narrow terminal, and prints nothing that moves its cursor', () => {
    const lines = renderDiff(sampleDiff('\u001b[2J\n'), { width: 44, paint });
    for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(44);
    expect(lines.join('')).not.toMatch(/\u001b|\n/);
  });

  it('tells sources that one run did not ask from those that it had not all records of', () => {
    const diff = sampleDiff();
    const [shop] = diff.sources;
    const [records] = diff.records_diff?.sources ?? [];
    if (shop === undefined || records === undefined || diff.records_diff === null) throw new Error();
    const of = (source: string, whole: boolean) => ({ ...records, source, whole: { before: whole, after: whole } });
    const sources = [
      { ...shop, source: 'gone', state: { before: 'complete', after: null } as const },
      { ...shop, source: 'added', state: { before: null, after: 'complete' } as const },
      { ...shop, source: 'down', state: { before: 'complete', after: 'failed' } as const },
      shop,
    ];
    const found = [
      { ...of('gone', false), new: 0, records: { before: 9, after: 0 } },
      { ...of('added', false), removed: 0, records: { before: 0, after: 9 } },
      { ...of('down', false), new: 0, records: { before: 9, after: 0 } },
      of('dummyjson', true),
    ];
    const lines = renderDiff(
      { ...diff, sources, records_diff: { ...diff.records_diff, sources: found } },
      { width: 120, paint },
    );
    expect(lines.filter((line) => line.startsWith('The '))).toEqual([
      'The earlier run did not ask added: all that is there counts as new.',
      'The later run had not all records of down: what is removed may still be there.',
      'The later run did not ask gone: all that was there counts as removed.',
    ]);
  });

  it('says why records can not be told where they are not kept', () => {
    const lines = renderDiff({ ...sampleDiff(), records_diff: null, records_missing: 'no' }, { width: 120, paint });
    expect(lines).toContain("New, removed and changed records can't be told: no");
    expect(lines).not.toContain('Changed fields');
    expect(lines.join('\n')).not.toContain('removed  changed');
  });
});

describe('renderDiffMarkdown', () => {
  it('keeps what comes from outside within its cell and its code span', () => {
    const text = renderDiffMarkdown(sampleDiff('`|@all'));
    expect(text).toContain('## Run `20260102T000000000-b` against `20260101T000000000-a`');
    expect(text).toContain("| `dummyjson` | `price'\\|@all` | 3 | `19.99 → 24.49 (dummyjson:1)` |");
    expect(text).toContain("- `New: dummyjson:195'\\|@all, dummyjson:196 and 10 more`");
  });
});

describe('diffCommand', () => {
  async function printed(format: 'table' | 'md' | 'json'): Promise<string> {
    let text = '';
    const asked: unknown[] = [];
    const stdout = {
      write: (piece: string | Uint8Array) => ((text += String(piece)), true),
      columns: 100,
      isTTY: true,
    };
    await diffCommand(
      'previous',
      undefined,
      { format },
      {
        loadConfig: async () => ({ secrets: [] }) as unknown as ResolvedConfig,
        diffRuns: async (_, wanted) => (asked.push(wanted), sampleDiff()),
        stdout: stdout as never,
      },
    );
    expect(asked).toEqual([{ before: 'previous' }]);
    return text;
  }

  it('prints a table, Markdown, or all of it as JSON', async () => {
    expect(await printed('table')).toMatch(/^before: 2026/);
    expect(await printed('md')).toMatch(/^## Run `2026/);
    expect(JSON.parse(await printed('json'))).toEqual(sampleDiff());
  });
});
