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
        expect([body.byteOffset, body.buffer.byteLength]).toEqual([0, whole.length]);
      }),
    );
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
