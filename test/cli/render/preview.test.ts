import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { createPaint } from '../../../cli/render/paint.ts';
import { renderPreview } from '../../../cli/render/preview.ts';
import type { Preview } from '../../../core/index.ts';

type Item = Preview['items'][number];

function item(change: Partial<Item>): Item {
  return { page: 'GET /items', index: 0, raw: {}, records: [], rejects: [], drops: [], ...change };
}

function rendered(items: readonly Item[], width = 60, change: Partial<Preview> = {}): string[] {
  const preview = { source: 'shop', items, complete: false, error: null, ...change };
  return renderPreview(preview, { width, paint: createPaint(false) });
}

describe('renderPreview', () => {
  it('has raw and normalised side by side, and what became no record with the reason', () => {
    const shown = rendered([
      item({ raw: { id: 1, name: 'One', tags: ['a'] }, records: [{ id: 'shop:1', title: 'One' }] }),
      item({ index: 1, raw: 7, rejects: [{ reason: 'not_an_object', field: null, message: 'a number' }] }),
      item({ index: 2, raw: {}, drops: ['sold out'] }),
      item({ index: 3, raw: { id: 4 }, records: [{ id: 'a' }, { id: 'b' }] }),
    ]);
    expect(shown).toEqual(
      [
        'raw                          │ normalised',
        '1. item 0 of GET /items',
        'id: 1                        │ id: shop:1',
        'name: One                    │ title: One',
        'tags: ["a"]                  │',
        '',
        '2. item 1 of GET /items',
        '7                            │ rejected, not_an_object: a n…',
        '',
        '3. item 2 of GET /items',
        '                             │ dropped: sold out',
        '',
        '4. item 3 of GET /items',
        'id: 4                        │ record 1 of 2',
        '                             │ id: a',
        '                             │ record 2 of 2',
        '                             │ id: b',
        '',
        'shop: 4 items, 3 records, 1 rejected, 1 dropped; there may be more',
      ].flatMap((line) =>
        line.length > 60 ? ['shop: 4 items, 3 records, 1 rejected, 1 dropped; there may', '  be more'] : line,
      ),
    );
  });

  it('shows nothing that a terminal would obey, and each value on one line', () => {
    const hostile = '\u001b[2J\u001b]0;owned\u0007red\u202e\nnext';
    const shown = rendered([item({ raw: { [hostile]: hostile }, records: [{ title: hostile }] })], 120).join('\n');
    // eslint-disable-next-line no-control-regex
    expect(shown).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    expect(shown.split('\n')).toHaveLength(5);
  });

  it.each([20, 40, 60, 120])('is no wider than %d columns', (width) => {
    const wide = '宽'.repeat(300);
    const shown = rendered([item({ page: wide, raw: { [wide]: wide }, records: [{ title: wide }] })], width);
    for (const line of shown) expect(stringWidth(line)).toBeLessThanOrEqual(width);
  });

  it('leaves out the fields of an item that has hundreds', () => {
    const raw = Object.fromEntries(Array.from({ length: 400 }, (_, index) => [`f${index}`, index]));
    const shown = rendered([item({ raw })]);
    expect(shown.length).toBeLessThan(40);
    expect(shown.join('\n')).toContain('… 375 more lines');
  });

  it('tells why there is no more to show', () => {
    const error = { code: 'http_404', message: 'the upstream answered 404' };
    expect(rendered([], 80, { error })).toEqual([
      'shop: 0 items, 0 records; there may be more',
      'http_404: the upstream answered 404',
    ]);
  });
});
