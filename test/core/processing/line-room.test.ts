import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLineRoom, encodeLines } from '../../../core/processing/line-room.ts';

const utf8 = new TextEncoder();

describe('createLineRoom', () => {
  it('gives lines as UTF-8 which stay as they are whatever comes after them', () => {
    const room = createLineRoom();
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 2000 }), { maxLength: 50 }), (pages) => {
        room.clear();
        const encoded = pages.map(room.encode);
        expect(encoded.map((bytes) => [...bytes])).toEqual(pages.map((page) => [...utf8.encode(page)]));
      }),
    );
  });

  it('gives lines for which it has no room bytes of their own', () => {
    const room = createLineRoom();
    const pages = Array.from({ length: 12 }, (_, index) => `${index}€`.repeat(20_000));
    const encoded = pages.map(room.encode);
    expect(new Set(encoded.map(({ buffer }) => buffer)).size).toBeGreaterThan(2);
    expect(encoded.map((bytes) => new TextDecoder().decode(bytes))).toEqual(pages);
  });

  it('uses the same memory for the next batch', () => {
    const room = createLineRoom();
    const first = room.encode('first\n');
    room.clear();
    expect(room.encode('second\n').buffer).toBe(first.buffer);
  });
});

describe('encodeLines', () => {
  it('gives UTF-8 in a buffer that holds nothing else', () => {
    for (const lines of ['', 'plain\n', 'é€😀\n']) {
      const bytes = encodeLines(lines);
      expect([...bytes]).toEqual([...utf8.encode(lines)]);
      expect(bytes.buffer.byteLength).toBe(bytes.length);
    }
  });
});
