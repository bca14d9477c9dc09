import { describe, expect, it } from 'vitest';
import { createScrubber } from '../../../core/recording/scrubber.ts';

const known = 'very+secret/value';

function scrub(secrets: readonly string[] = [known]) {
  const scrubber = createScrubber(secrets);
  return {
    ...scrubber,
    asked: (url: string, headers: Record<string, string> = {}, body?: string) =>
      scrubber.request({
        method: body === undefined ? 'GET' : 'POST',
        url: new URL(url),
        headers,
        ...(body !== undefined && { body }),
      }),
    answered: (body: string | Uint8Array, headers: Record<string, string> = {}) => {
      const content = typeof body === 'string' ? new TextEncoder().encode(body) : Uint8Array.from(body);
      return scrubber.response({ status: 200, headers, body: content });
    },
  };
}

describe('what a recording keeps of a request', () => {
  it('is the request without what proves who asks', () => {
    const headers = { accept: 'application/json', authorization: 'Bearer abc.def', 'x-api-key': 'k', cookie: 'a=b' };
    expect(
      scrub().asked(
        `https://me:pw@api.test/x?limit=2&api_key=1234&page_token=p2&q=${encodeURIComponent(known)}`,
        headers,
      ),
    ).toEqual({
      method: 'GET',
      url: 'https://api.test/x?limit=2&api_key=***&page_token=p2&q=***',
      headers: { accept: 'application/json', authorization: '***', 'x-api-key': '***', cookie: '***' },
    });
  });

  it('is the body without secrets, of a form or of JSON', () => {
    const { asked } = scrub();
    expect(asked('https://api.test/t', {}, 'grant_type=refresh&client_secret=abcd&scope=all').body).toBe(
      'grant_type=refresh&client_secret=***&scope=all',
    );
    expect(asked('https://api.test/t', {}, `{"password": "hunter2", "cursor": "c", "q": "${known}"}`).body).toBe(
      '{"password": "***", "cursor": "c", "q": "***"}',
    );
  });

  it('has where the next page starts, in a header too', () => {
    expect(scrub().asked('https://api.test/x', { 'x-next-page-token': 'p2', 'x-cursor': 'c2' }).headers).toEqual({
      'x-next-page-token': 'p2',
      'x-cursor': 'c2',
    });
  });
});

describe('what a recording keeps of an answer', () => {
  it('is each byte of it where there is no secret', () => {
    const { answered } = scrub();
    for (const body of ['{"a": 1.0}', '[\n  1\n]\n', 'a key=5; token of honour', 'see ?page=2&key_count=3']) {
      const recorded = answered(body).body;
      expect('text' in recorded ? recorded.text : JSON.stringify('json' in recorded && recorded.json)).toBe(body);
    }
    expect(answered(Uint8Array.of(0xff, 0xfe, 0)).body).toEqual({ base64: '//4A' });
  });

  it('has no known secret, however it is written', () => {
    const { answered } = scrub();
    const forms = [
      known,
      encodeURIComponent(known),
      Buffer.from(known).toString('base64'),
      Buffer.from(`me:${known}`).toString('base64'),
    ];
    for (const form of forms) {
      expect(JSON.stringify(answered(JSON.stringify({ echo: `> ${form} <` })))).toMatch(
        /"echo":"> (?:[\w+]{0,4})\*\*\*/,
      );
      expect(JSON.stringify(answered(Buffer.concat([Buffer.of(0xff), Buffer.from(form)])))).not.toContain(
        Buffer.from(form).toString('base64').slice(4, 12),
      );
    }
  });

  it('has no token that it hands out, and not the same one again', () => {
    const { answered, asked } = scrub();
    expect(answered('{"access_token":"tok-12345678","expires_in":60,"refreshToken":"ref-12345678"}').body).toEqual({
      json: { access_token: '***', expires_in: 60, refreshToken: '***' },
    });
    expect(answered('{"you sent":"tok-12345678"}').body).toEqual({ json: { 'you sent': '***' } });
    expect(asked('https://api.test/x?q=ref-12345678').url).toBe('https://api.test/x?q=***');
  });

  it('has the words that a parameter or a field of a telling name holds, everywhere else', () => {
    const { answered, asked } = scrub([]);
    expect(asked('https://api.test/products?key=products').url).toBe('https://api.test/products?key=***');
    expect(answered('{"password":"products","of":"products"}').body).toEqual({
      json: { password: '***', of: 'products' },
    });
  });

  it('has no token that was written with escapes', () => {
    const { answered } = scrub([]);
    answered('{"access_token":"abc\\/123456"}');
    expect(answered('{"echo":"abc/123456"}').body).toEqual({ json: { echo: '***' } });
  });

  it('has nothing that the request proved itself by', () => {
    const { answered, asked } = scrub([]);
    asked('https://api.test/x?signature=sig-12345678', {
      authorization: 'Bearer made-up-later',
      'x-api-key': 'key-12345678',
    });
    const body = { echo: 'made-up-later', key: 'key-12345678', next: '/x?page=2&signature=sig-12345678' };
    expect(answered(JSON.stringify(body)).body).toEqual({
      json: { echo: '***', key: '***', next: '/x?page=2&signature=***' },
    });
  });

  it('has no cookies, no token in a header, and no signature in a link', () => {
    const { answered } = scrub();
    const headers = {
      'content-type': 'application/json',
      'set-cookie': 'session=cookie-12345678; Path=/products; HttpOnly',
      'x-csrf-token': 'csrf',
      'x-next-page-token': 'p2',
      'surrogate-key': 'product-1',
      link: '<https://api.test/x?page=2&access_token=abcd>; rel="next"',
      location: '/y?signature=ffff&page=3',
    };
    expect(answered('{"path":"/products","echo":"cookie-12345678"}', headers)).toEqual({
      status: 200,
      headers: {
        'content-type': 'application/json',
        'set-cookie': '***',
        'x-csrf-token': '***',
        'x-next-page-token': 'p2',
        'surrogate-key': 'product-1',
        link: '<https://api.test/x?page=2&access_token=***>; rel="next"',
        location: '/y?signature=***&page=3',
      },
      body: { json: { path: '/products', echo: '***' } },
    });
  });

  it('has no secret in a URL within its body, whichever way an encoder writes it', () => {
    const { answered } = scrub();
    expect(answered('{"next":"/x?page=2\\u0026token=abcd","image":"i?X-Amz-Signature=ffff&w=1"}').body).toEqual({
      text: '{"next":"/x?page=2\\u0026token=***","image":"i?X-Amz-Signature=***&w=1"}',
    });
  });
});
