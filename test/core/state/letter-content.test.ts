import { describe, expect, it } from 'vitest';
import { createLetterContent } from '../../../core/state/letter-content.ts';
import { createVault } from '../../../core/state/vault.ts';

const lines = 'first+line/0123\nsecond+line/4567';
const secrets = ['s3cret/value', '12345678', lines, 'pässwörd'];
const vault = createVault(secrets);
const content = createLetterContent(secrets, vault);
const itemOf = (item: unknown): string | undefined => content.item(JSON.stringify(item));

describe('an item', () => {
  it('without a secret comes back as it is, whatever looks like one', () => {
    const raw =
      '{"image":"https://img.test/1.png?token=abcdef&sig=012345","b":"\u200bx\u001b[31m","1":2e10,"cut":"s3c…"}';
    const printed = JSON.stringify(JSON.parse(raw.replace('\u001b', '\\u001b')));
    expect(content.item(printed)).toBe(printed);
  });

  it('holds references, by which it can be put back', () => {
    const item = { 's3cret/value': ['s3cret/value', { url: '/x?a=s3cret%2Fvalue' }], lines };
    const hidden = itemOf(item) ?? '';
    expect(JSON.parse(hidden)).toEqual({
      '~~secret-0t~~': ['~~secret-0t~~', { url: '/x?a=~~secret-0u~~' }],
      lines: '~~secret-2t~~',
    });
  });

  it.each([
    ['one line of several', 'x second+line/4567 y', 'x *** y'],
    ['across escape sequences', 's3cret\u001b[31m/value', '***'],
    ['cut short by its owner', 'it begins with s3cret/val…', 'it begins with ***…'],
    [
      'in JSON within JSON within JSON',
      JSON.stringify(JSON.stringify(JSON.stringify('a' + lines))),
      '"\\"\\\\\\"a***\\\\\\"\\""',
    ],
  ])('has a mask where a secret can not be put back: %s', (_how, note, masked) => {
    expect(JSON.parse(itemOf({ note }) ?? '')).toEqual({ note: masked });
  });

  it("can't be kept as JSON where a number is a secret", () => {
    expect(itemOf({ pin: 12_345_678 })).toBeUndefined();
    expect(content.text('{"pin":12345678}')).toBe('{"pin":***}');
  });

  it("can't be kept as JSON where it is none, or nested too deep", () => {
    expect(content.item('{"a":')).toBeUndefined();
    expect(content.item(`${'['.repeat(50_000)}"s3cret/value"${']'.repeat(50_000)}`)).toBeUndefined();
  });
});

describe('the bytes of a page', () => {
  const masked = (bytes: Uint8Array): string => Buffer.from(content.bytes(bytes)).toString('latin1');

  it('stay as they are without a secret', () => {
    for (const bytes of [
      Buffer.from('\ufeff{"ä":"\\u001b"}'),
      Buffer.from([0xff, 0x00, 0x9b, 0x80, 0x41]),
      Buffer.alloc(0),
    ]) {
      expect(Buffer.from(content.bytes(bytes))).toEqual(bytes);
    }
  });

  it.each([
    ['UTF-8', Buffer.from('{"a":"s3cret/value","b":"pässwörd"')],
    ['UTF-8 with a byte that is none', Buffer.from([0xff, ...Buffer.from('"s3cret/value" pässwörd')])],
    ['Latin-1', Buffer.from('"s3cret/value" pässwörd', 'latin1')],
    ['UTF-16', Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('"s3cret/value"', 'utf16le')])],
    ['JSON across escape sequences', Buffer.from('{"a":"s3cret\\u001b[31m/value"')],
    ['JSON that was cut off', Buffer.from('{"a":"x","b":"s3cret/v')],
  ])('show no secret in %s', (_encoding, bytes) => {
    const text = masked(bytes);
    expect(text).toContain('***');
    expect(text.replaceAll('\0', '')).not.toMatch(/s3cret|value|ssw/);
  });

  it('are looked through quickly, however many', () => {
    const started = performance.now();
    for (const piece of ['xxxxxxx...', '\\u001b', '{"a":"…"},', '\u001b]', '~~secret-0t']) {
      content.bytes(Buffer.from(piece.repeat(2_000_000 / piece.length)));
    }
    expect(performance.now() - started).toBeLessThan(3_000);
  });
});
