import { describe, expect, it } from 'vitest';
import { csvAnswer } from '../../../cli/query/csv.ts';
import { jsonAnswer } from '../../../cli/query/json.ts';
import { tableAnswer } from '../../../cli/query/table.ts';
import type { QueryColumn, QueryValue } from '../../../core/index.ts';

const paint = (_: string, text: string): string => text;
const column = (name: string, kind: QueryColumn['kind']): QueryColumn => ({ name, type: 'ANY', kind });

async function* pieces(...all: (readonly (readonly QueryValue[])[])[]) {
  yield* all;
}

async function joined(texts: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const each of texts) text += each;
  return text;
}

const columns = [column('n', 'number'), column('t', 'text'), column('b', 'boolean'), column('j', 'json')];
const evil = '\u001b[31m\u009b0m\u202e=1\nx';

describe('as JSON', () => {
  it('keeps every digit of a number, and JSON as it is', async () => {
    const rows = pieces([['9007199254740993', 'a"b', 'true', '{"c":[1]}']], [['0.30', null, null, null]]);
    expect(await joined(jsonAnswer({ columns, rows }))).toBe(
      '[\n  {"n":9007199254740993,"t":"a\\"b","b":true,"j":{"c":[1]}},\n  {"n":0.30,"t":null,"b":null,"j":null}\n]\n',
    );
  });

  it('is a list also where there is no row, and of what is no number in JSON', async () => {
    expect(await joined(jsonAnswer({ columns, rows: pieces() }))).toBe('[]\n');
    const rows = pieces([['NaN'], ['-Infinity'], ['-1e+300']]);
    const list: unknown = JSON.parse(await joined(jsonAnswer({ columns: [column('n', 'number')], rows })));
    expect(list).toEqual([{ n: null }, { n: null }, { n: -1e300 }]);
  });

  it('holds nothing that a terminal takes for a command', async () => {
    const text = await joined(jsonAnswer({ columns: [column(evil, 'text')], rows: pieces([[evil]]) }));
    expect(text).toMatch(/^[\n\x20-\x7e]*$/);
    expect(JSON.parse(text)).toEqual([{ [evil]: evil }]);
  });
});

describe('as CSV', () => {
  const as = (text: string): string => text;

  it('defuses formulas of texts, and leaves numbers their minus and their digits', async () => {
    const rows = pieces(
      [['-9007199254740993.10', '=1+1', 'true', null]],
      [
        ['-0.50', '-2', 'false', '[1,2]'],
        [null, '', null, null],
      ],
    );
    expect(await joined(csvAnswer({ columns, rows }, as))).toBe(
      'n,t,b,j\n-9007199254740993.10,\'=1+1,true,\n-0.50,\'-2,false,"[1,2]"\n,"",,\n',
    );
  });

  it('defuses the names of columns, too', async () => {
    expect(await joined(csvAnswer({ columns: [column('@x', 'number')], rows: pieces([['1'], [null]]) }, as))).toBe(
      '\'@x\n1\n""\n',
    );
  });
});

describe('as a table', () => {
  const room = { width: 40, paint };

  it('draws a plan line by line, as DuckDB does', async () => {
    const plan = `┌──┐\n  │a\u001b[2J│\n  └${'─'.repeat(60)}┘\n`;
    const explained = [column('explain_key', 'text'), column('explain_value', 'text')];
    const answer = await tableAnswer({ columns: explained, rows: pieces([['physical_plan', plan]]) }, room);
    expect(answer).toEqual({ lines: ['┌──┐', '  │a│', `  └${'─'.repeat(36)}…`], whole: true });
  });

  it('puts numbers to the right, and shows what is not there', async () => {
    const rows = pieces([
      ['1.50', 'a', 'true', null],
      ['20', null, null, '[]'],
    ]);
    const { lines, whole } = await tableAnswer({ columns, rows }, room);
    expect(whole).toBe(true);
    expect(lines).toEqual(['   n  t  b     j', '1.50  a  true  –', '  20  –  –     []']);
  });

  it('cuts wide columns so that all fit, and shows no control characters', async () => {
    const rows = pieces([['1', `${evil}${'y'.repeat(100)}`, 'true', '{}']]);
    const { lines } = await tableAnswer({ columns, rows }, room);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(40);
    expect(lines.join('')).toMatch(/^[\x20-\x7e…]*$/);
    expect(lines[1]).toMatch(/^1 +=1 xy+… +true +\{\}$/);
  });

  it('has at most a thousand rows, and says when there are more', async () => {
    const many = (count: number) => Array.from({ length: count }, (_, index) => [String(index)]);
    const one = [column('n', 'number')];
    const cut = await tableAnswer({ columns: one, rows: pieces(many(999), many(2)) }, room);
    expect([cut.lines.length, cut.whole]).toEqual([1_001, false]);
    const all = await tableAnswer({ columns: one, rows: pieces(many(999), many(1)) }, room);
    expect([all.lines.length, all.whole]).toEqual([1_001, true]);
  });
});
