import { describe, expect, it } from 'vitest';
import { makeHoldable } from '../../../../plugins/sinks/tables/holdable.ts';

const linesOf = (...records: readonly object[]): Uint8Array<ArrayBuffer> =>
  new TextEncoder().encode(records.map((record) => `${JSON.stringify(record)}\n`).join(''));
const heldIn = (lines: Uint8Array): readonly unknown[] =>
  new TextDecoder()
    .decode(lines)
    .split('\n')
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line));

describe('characters that a database can not hold', () => {
  it('leaves lines without any as they are, the very same bytes', () => {
    const lines = linesOf({ id: 'a:1', text: 'plain "quoted" \u{1f600} \u4f60' });
    expect(makeHoldable(lines, { nul: false })).toEqual({ lines, changed: 0 });
    expect(makeHoldable(lines, { nul: false }).lines).toBe(lines);
  });

  it('replaces NUL and half characters, counts the records and names the first', () => {
    const lines = linesOf({ id: 'a:1' }, { id: 'a:2', text: 'x\0y\0' }, { id: 'a:3', text: '\ud800 \udc00' });
    const held = makeHoldable(lines, { nul: false });
    expect(held).toMatchObject({ changed: 2, first: 'a:2' });
    expect(heldIn(held.lines)).toEqual([
      { id: 'a:1' },
      { id: 'a:2', text: 'x\ufffdy\ufffd' },
      { id: 'a:3', text: '\ufffd \ufffd' },
    ]);
  });

  it('keeps NUL where the database can hold it', () => {
    const lines = linesOf({ id: 'a:1', text: '\0\ud800' });
    expect(heldIn(makeHoldable(lines, { nul: true }).lines)).toEqual([{ id: 'a:1', text: '\0\ufffd' }]);
    expect(makeHoldable(linesOf({ id: 'a:1', text: '\0' }), { nul: true }).changed).toBe(0);
  });

  it('leaves a text alone that only looks like an escape', () => {
    const record = { id: 'a:1', text: String.raw`\u0000 \\u0000 \ud800`, [String.raw`\u0000`]: 1 };
    const held = makeHoldable(linesOf(record), { nul: false });
    expect(held.changed).toBe(0);
    expect(heldIn(held.lines)).toEqual([record]);
  });

  it('keeps a pair of halves that another program escaped', () => {
    const lines = new TextEncoder().encode('{"id":"a:1","text":"\\ud83d\\ude00 \\u0041"}\n');
    expect(makeHoldable(lines, { nul: false }).changed).toBe(0);
  });
});
