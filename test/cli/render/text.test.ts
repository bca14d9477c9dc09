import * as fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { bar, cut, fit, formatClock, formatMs, formatNumber, formatShare, wrap } from '../../../cli/render/text.ts';

describe('cut', () => {
  it('leaves what fits and marks what is gone', () => {
    expect(cut('jsonplaceholder', 15)).toBe('jsonplaceholder');
    expect(cut('jsonplaceholder', 8)).toBe('jsonpla…');
  });

  it('counts wide characters as two columns', () => {
    expect(cut('日本語テキスト', 6)).toBe('日本…');
  });
});

describe('fit', () => {
  it('is exactly as wide as asked, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 40 }), (text, width) => {
        // A terminal's own control characters never get this far.
        fc.pre(!/[\p{Cc}\p{Cf}\p{Mn}]/u.test(text));
        expect(stringWidth(fit(text, width))).toBe(width);
      }),
    );
  });

  it('pads on the side away from the text', () => {
    expect([fit('a', 3), fit('a', 3, 'right')]).toEqual(['a  ', '  a']);
  });
});

describe('wrap', () => {
  it('breaks at spaces and indents what follows', () => {
    expect(wrap('500 read = 494 written + 6 rejected', 20)).toEqual(['500 read = 494', '  written + 6', '  rejected']);
  });

  it('never exceeds the width', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z]{0,15}$/)), fc.integer({ min: 4, max: 30 }), (words, width) => {
        for (const line of wrap(words.join(' '), width)) expect(stringWidth(line)).toBeLessThanOrEqual(width);
      }),
    );
  });
});

describe('bar', () => {
  it('fills as much as is done, and no more than there is', () => {
    expect([bar(0, 4), bar(0.5, 4), bar(1, 4), bar(1.5, 4)]).toEqual(['░░░░', '██░░', '████', '████']);
  });
});

describe('numbers and times', () => {
  it.each([
    [0, '0'],
    [4.931, '4.93'],
    [493.14, '493.1'],
    [36_999.99, '37,000'],
    [null, '–'],
  ])('writes %j as %s', (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });

  it.each([
    [0, '0 %'],
    [0.982, '98.2 %'],
    [0.99999, '99.9 %'],
    [1, '100 %'],
  ])('writes the share %d as %s', (share, text) => {
    expect(formatShare(share)).toBe(text);
  });

  it.each([
    [0, '0:00'],
    [4_100, '0:05'],
    [754_000, '12:34'],
    [3_723_000, '1:02:03'],
  ])('writes %d ms to go as %s', (ms, text) => {
    expect(formatClock(ms)).toBe(text);
  });

  it.each([
    [null, '–'],
    [1.234, '1.23 ms'],
    [40.21, '40 ms'],
    [3_214, '3.21 s'],
    [125_400, '2 min 05 s'],
  ])('writes %j ms spent as %s', (ms, text) => {
    expect(formatMs(ms)).toBe(text);
  });
});
