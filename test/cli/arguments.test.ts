import { describe, expect, it } from 'vitest';
import { collect, parseDeadline, parseDuration, parseInteger, parseLatency, parseRate } from '../../cli/arguments.ts';

describe('parseDuration', () => {
  it.each([
    ['500ms', 500],
    ['60s', 60_000],
    ['1.5s', 1_500],
    ['1m30s', 90_000],
    ['2h', 7_200_000],
    ['0s', 0],
  ])('reads %s', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each(['60', '', 's', '-1s', '1 s', '1d', '1s!', '1e3s', '.5s', 'Infinityms'])('refuses %j', (text) => {
    expect(() => parseDuration(text)).toThrow(/500ms, 60s, 1m30s or 2h/);
  });
});

describe('parseDeadline', () => {
  it('refuses a deadline that has come already', () => {
    expect(() => parseDeadline('0s')).toThrow(/longer/);
    expect(parseDeadline('1ms')).toBe(1);
  });
});

describe('parseLatency', () => {
  it('reads one time, or two as a range', () => {
    expect(parseLatency('50ms')).toBe(50);
    expect(parseLatency('20ms-80ms')).toEqual([20, 80]);
  });

  it('takes a bare number for milliseconds', () => {
    expect(parseLatency('50')).toBe(50);
    expect(parseLatency('20-80')).toEqual([20, 80]);
  });

  it.each(['80ms-20ms', '1ms-2ms-3ms', '-5', '5-', 'x'])('refuses %s', (text) => {
    expect(() => parseLatency(text)).toThrow(/such as|as 20ms/);
  });
});

describe('parseInteger', () => {
  it('names the bounds of what it refuses', () => {
    const parse = parseInteger(0, 65_535);
    expect(parse('8080')).toBe(8080);
    for (const text of ['-1', '1.5', 'x', '', '70000']) expect(() => parse(text)).toThrow('from 0 to 65535');
  });
});

describe('parseRate', () => {
  it('reads a share and refuses what is none', () => {
    expect([parseRate('0'), parseRate('.1'), parseRate('0.25'), parseRate('1')]).toEqual([0, 0.1, 0.25, 1]);
    for (const text of ['1.1', '-0.1', 'x', '', '10%']) expect(() => parseRate(text)).toThrow('from 0 to 1');
  });
});

describe('collect', () => {
  it('keeps what was given before', () => {
    expect(collect('b', collect('a', undefined))).toEqual(['a', 'b']);
  });

  it('takes a list with commas for its names', () => {
    expect(collect('b,c', collect('a', undefined))).toEqual(['a', 'b', 'c']);
  });
});
