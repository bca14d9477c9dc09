import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { decodeBody } from '../../../core/processing/decode-body.ts';

const decode = (body: string | Buffer, contentType = 'application/json') =>
  decodeBody(new Uint8Array(Buffer.from(body)), contentType);

describe('decodeBody', () => {
  it('parses JSON under any name but HTML, or under none', () => {
    for (const type of ['application/json', 'text/plain', 'application/vnd.api+json', 'application/octet-stream', ''])
      expect(decode('[1]', type)).toEqual({ ok: true, body: [1] });
  });

  it('drops a byte order mark', () => {
    expect(decode('\ufeff{"a":1}')).toEqual({ ok: true, body: { a: 1 } });
  });

  it.each(['text/html', 'text/html; charset=utf-8', ' Text/HTML', 'application/xhtml+xml'])('refuses %s', (type) => {
    expect(decode('[]', type)).toMatchObject({ ok: false, code: 'unexpected_content_type' });
  });

  it('says what it was called, in one line and cut with a sign of it', () => {
    const decoded = decode('', `text/html; a=\u001b[31mb\r\nc${'x'.repeat(200)}`);
    const shown = `text/html; a=b c${'x'.repeat(83)}…`;
    expect(decoded).toMatchObject({ message: `the upstream sent ${shown}, not JSON` });
    expect(shown).toHaveLength(100);
  });

  it.each(['<!doctype html>', '\ufeff\r\n  <html>', '<?xml version="1.0"?>'])('refuses the markup %j', (body) => {
    expect(decode(body)).toMatchObject({ ok: false, code: 'unexpected_content_type' });
  });

  it.each(['', ' \n\t', '\ufeff'])('says that the body %j is empty', (body) => {
    expect(decode(body)).toEqual({ ok: false, code: 'malformed_json', message: 'the body is empty' });
  });

  it.each(['[{"id":1},{"id"', '{"a":NaN}', '[1]x', 'undefined', ' '.repeat(5000) + '['])('refuses %j', (body) => {
    expect(decode(body)).toMatchObject({ ok: false, code: 'malformed_json' });
  });

  it('refuses bytes that are no UTF-8 rather than writing marks in their place', () => {
    const latin1 = Buffer.from('["caf\xe9"]', 'latin1');
    expect(decode(latin1)).toEqual({ ok: false, code: 'malformed_json', message: 'the body is not valid UTF-8' });
  });
});
