import { describe, expect, it } from 'vitest';
import type { UnifiedRecord } from '../../../../core/contracts/model.ts';
import { csvRows, headerRow } from '../../../../plugins/sinks/csv/rows.ts';

function row(values: Readonly<Record<string, unknown>>, lineEnding: 'lf' | 'crlf' = 'lf'): string {
  const record = values as UnifiedRecord;
  return new TextDecoder().decode(csvRows([record], Object.keys(values), lineEnding));
}

describe('rows of CSV', () => {
  it.each([
    ['a delimiter', 'a,b', '"a,b"'],
    ['a quote', 'say "hi"', '"say ""hi"""'],
    ['a line feed', 'a\nb', '"a\nb"'],
    ['a carriage return', 'a\rb', '"a\rb"'],
    ['both', 'a\r\nb', '"a\r\nb"'],
  ])('quote a text with %s, whichever way lines end', (_what, text, quoted) => {
    expect(row({ text })).toBe(`${quoted}\n`);
    expect(row({ text }, 'crlf')).toBe(`${quoted}\r\n`);
  });

  it.each([
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\tx', "'\tx"],
    ['\rx', `"'\rx"`],
    ['\n=x', `"'\n=x"`],
    ['\uff1d1', "'\uff1d1"],
    ['=HYPERLINK("http://x","y")', `"'=HYPERLINK(""http://x"",""y"")"`],
  ])('defuse the text %j', (text, cell) => {
    expect(row({ text })).toBe(`${cell}\n`);
  });

  it('leave numbers numbers, negative ones too', () => {
    expect(row({ a: -1.5, b: 0, c: 1e21, d: 12 })).toBe('-1.5,0,1e+21,12\n');
  });

  it('leave a text that only holds such a sign as it is', () => {
    expect(row({ text: 'a=b@c-d' })).toBe('a=b@c-d\n');
  });

  it('tell an empty text from a value that is not there', () => {
    expect(row({ a: '', b: null, c: undefined, d: 'x' })).toBe('"",,,x\n');
  });

  it('write lists and objects as JSON, and true and false as words', () => {
    expect(row({ list: ['a', '=b'], object: { a: 1 }, yes: true, no: false })).toBe(
      '"[""a"",""=b""]","{""a"":1}",true,false\n',
    );
  });

  it('have no blank line where a lone column has no value', () => {
    expect(row({ only: null })).toBe('""\n');
  });

  it('begin with the names of the columns', () => {
    expect(new TextDecoder().decode(headerRow(['id', 'a,b'], 'crlf'))).toBe('id,"a,b"\r\n');
  });
});
