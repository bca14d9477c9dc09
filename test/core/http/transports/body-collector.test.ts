import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBodyCollector } from '../../../../core/http/transports/body-collector.ts';

const tooLarge: unknown = expect.objectContaining({ code: 'body_too_large', retryable: false });

describe('createBodyCollector', () => {
  it('gathers the same bytes however they are cut, with and without a declared length', () => {
    const pieces = fc.array(fc.uint8Array({ maxLength: 3000 }), { maxLength: 30 });
    fc.assert(
      fc.property(pieces, fc.boolean(), (parts, declares) => {
        const whole = Buffer.concat(parts);
        const collector = createBodyCollector(declares ? String(whole.length) : undefined, 100_000);
        for (const part of parts) collector.add(part);
        const body = collector.finish();
        expect(Buffer.from(body).equals(whole)).toBe(true);
        expect(body.buffer.byteLength).toBeLessThanOrEqual(2 * whole.length);
      }),
    );
  });

  it('leaves a body that comes in one piece where it is', () => {
    const collector = createBodyCollector('3', 1000);
    const piece = Uint8Array.of(0, 1, 2, 3, 4).subarray(1, 4);
    collector.add(piece);
    expect(collector.finish()).toEqual(Uint8Array.of(1, 2, 3));
    expect(collector.finish().buffer).toBe(piece.buffer);
  });

  it('does not keep a large buffer for a small body, and writes over nothing where more comes than was declared', () => {
    const large = Uint8Array.from({ length: 1000 }, (_, index) => index % 7);
    const small = createBodyCollector('3', 1000);
    small.add(large.subarray(1, 4));
    expect(small.finish().buffer.byteLength).toBe(3);
    const longer = createBodyCollector('1000', 2000);
    longer.add(large);
    longer.add(Uint8Array.of(9, 9));
    expect(longer.finish()).toEqual(Uint8Array.of(...large, 9, 9));
    expect(large.at(-1)).toBe(999 % 7);
  });

  it('takes exactly the limit and not one byte more', () => {
    const collector = createBodyCollector(undefined, 40_000);
    collector.add(new Uint8Array(39_999));
    collector.add(new Uint8Array(1));
    expect(() => collector.add(new Uint8Array(1))).toThrow(tooLarge);
    expect(collector.finish().byteLength).toBe(40_000);
  });

  it('refuses a length that is declared over the limit without allocating it', () => {
    expect(() => createBodyCollector('99999999999999', 1000)).toThrow(tooLarge);
  });

  it.each(['-1', '1.5', 'abc', '0x10'])('takes a declared length of %j for none', (declared) => {
    const collector = createBodyCollector(declared, 1000);
    collector.add(new Uint8Array(7));
    expect(collector.finish().byteLength).toBe(7);
  });
});
