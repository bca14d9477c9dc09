import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { decodeBody, encodeBody } from '../../../core/recording/body.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('a recorded body', () => {
  it.each([
    ['{"a":1,"b":[true,null]}', { json: { a: 1, b: [true, null] } }],
    ['[\n  1\n]', { json: [1], indent: 2 }],
    ['{ "a": 1 }', { text: '{ "a": 1 }' }],
    ['1.0', { text: '1.0' }],
    ['-0', { text: '-0' }],
    ['', { text: '' }],
    ['\ufeff[]', { text: '\ufeff[]' }],
    ['<html>', { text: '<html>' }],
  ])('is as readable as it can be: %j', (text, recorded) => {
    expect(encodeBody(bytes(text))).toEqual(recorded);
  });

  it('keeps what is no UTF-8', () => {
    expect(encodeBody(Uint8Array.of(0xff, 0x7b))).toEqual({ base64: '/3s=' });
  });

  it('comes back byte for byte, through its file', () => {
    const anything = fc.oneof(
      fc.uint8Array(),
      fc.string({ unit: 'binary' }).map(bytes),
      fc.json().map(bytes),
      fc
        .tuple(fc.jsonValue(), fc.constantFrom(0, 1, 2, 4))
        .map(([value, indent]) => bytes(JSON.stringify(value, null, indent))),
    );
    fc.assert(
      fc.property(anything, (body) => {
        const file = JSON.stringify(encodeBody(body), null, 2);
        expect(decodeBody(JSON.parse(file) as ReturnType<typeof encodeBody>)).toEqual(Uint8Array.from(body));
      }),
    );
  });

  it('keeps JSON that is nested deeper than can be printed', () => {
    const deep = '['.repeat(20_000) + ']'.repeat(20_000);
    expect(decodeBody(encodeBody(bytes(deep)))).toEqual(bytes(deep));
  });
});
