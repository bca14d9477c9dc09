import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanText, createRedactor, redactUrl } from '../../core/redact.ts';

describe('redactUrl', () => {
  it('hides the same whether it takes the short way or the long one', () => {
    const redact = createRedactor([]);
    const piece = fc.constantFrom(
      '?',
      '&',
      '=',
      '/',
      'a',
      'page',
      'token',
      'api_key',
      'sig',
      '1',
      '%41',
      'authorization',
      ':',
      '.',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
        const url = `https://a.test/x${pieces.join('')}`;
        // What takes secrets out of a text knows no short way.
        expect(redactUrl(url)).toBe(redact(url));
      }),
      { numRuns: 3000 },
    );
  });

  it.each([
    ['https://a.test/x?api_key=s3cret&page=2', 'https://a.test/x?api_key=***&page=2'],
    ['https://a.test/x?API-KEY=s3cret', 'https://a.test/x?API-KEY=***'],
    ['https://a.test/x?page=1&access_token=a%2Fb&limit=3', 'https://a.test/x?page=1&access_token=***&limit=3'],
    [
      'https://a.test/x?client_secret=1&X-Amz-Signature=2&sig=3&key=4',
      'https://a.test/x?client_secret=***&X-Amz-Signature=***&sig=***&key=***',
    ],
    ['https://a.test/x?api%5Fkey=s3cret', 'https://a.test/x?api%5Fkey=***'],
    ['https://user:pa%40ss@a.test/x', 'https://a.test/x'],
    ['https://user@a.test/x#access_token=1', 'https://a.test/x'],
    ['https://a.test/x?page_token=abc&nextPageToken=d', 'https://a.test/x?page_token=abc&nextPageToken=d'],
    ['https://a.test/x?monkey=1&tokens=2&author=me', 'https://a.test/x?monkey=1&tokens=2&author=me'],
    ['/relative?token=abc', '/relative?token=***'],
  ])('%s → %s', (url, shown) => {
    expect(redactUrl(url)).toBe(shown);
  });

  it('takes a URL object', () => {
    expect(redactUrl(new URL('http://u:p@a.test/?auth=x'))).toBe('http://a.test/?auth=***');
  });

  it('never shows the value of a secret key, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1 }).filter((s) => /\w/.test(s) && s.length > 3),
        (value) => {
          const secret = `Zq${value}`;
          const url = new URL('https://a.test/path');
          url.searchParams.set('token', secret);
          const shown = redactUrl(url);
          expect(shown).toBe('https://a.test/path?token=***');
        },
      ),
    );
  });
});

describe('createRedactor', () => {
  const redact = createRedactor(['p@ss/word', 'Bearer abcdef123456', 'p@ss', 'abc', 'with "quotes"']);

  it('replaces a secret as it is, URL-encoded, in JSON and in base64', () => {
    const base64 = Buffer.from('p@ss/word').toString('base64');
    expect(redact('x p@ss/word y')).toBe('x *** y');
    expect(redact('x p%40ss%2Fword y')).toBe('x *** y');
    expect(redact(`x ${base64} y`)).not.toContain(base64);
    expect(redact('{"a":"with \\"quotes\\""}')).toBe('{"a":"***"}');
  });

  it('knows the credentials in a header value without their scheme', () => {
    expect(redact('token abcdef123456 is invalid')).toBe('token *** is invalid');
  });

  it.each(['postgres', 'postgresql', 'the sink postgres', 'postgresql://', 'no postgres://…'])(
    'does not take the scheme of a URL for what is left of it: %s',
    (text) => {
      const masking = createRedactor(['postgresql://me:s3cret@db/shop', 'postgres://me:s3cret@db/shop']);
      expect(masking(text)).toBe(text);
    },
  );

  it('hides what is left of a URL from its user on', () => {
    expect(createRedactor(['postgres://me:s3cret@db/shop'])('at postgres://me:s3c…')).toBe('at ***…');
  });

  it('takes a user without a password for a secret on the web, and for a name in front of a database', () => {
    expect(createRedactor(['https://t0ken@a.test/x'])('t0ken')).toBe('***');
    expect(createRedactor(['postgres://postgres@db/shop'])('postgres: 3 read')).toBe('postgres: 3 read');
  });

  it('takes the longer of two secrets first', () => {
    expect(redact('p@ss/word')).toBe('***');
  });

  it('leaves alone what is too short to be a secret', () => {
    expect(redact('abc')).toBe('abc');
  });

  it('takes out what looks like a secret though nobody named it', () => {
    expect(redact('GET https://u:p@a.test/?api_key=zzz failed')).toBe('GET https://a.test/?api_key=*** failed');
    expect(redact('authorization: Bearer zzzzzz, accept: */*')).toBe('authorization: ***, accept: */*');
    expect(createRedactor([])('"Authorization":"Basic dTpw"')).toBe('"Authorization":"***"');
  });

  it('leaves no given secret in any text', () => {
    const secrets = fc.array(fc.stringMatching(/^[A-Za-z0-9+/=.]{4,12}$/), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(secrets, fc.array(fc.string()), (given, words) => {
        const text = given.map((secret, index) => `${words[index] ?? ''} ${secret}`).join(' ');
        const shown = createRedactor(given)(text);
        for (const secret of given) expect(shown).not.toContain(secret);
      }),
    );
  });

  const odd = 'p@s+s/w"o\\rd é\n#2';

  it.each([
    ['as it is', odd],
    ['on one line', odd.replace('\n', ' ')],
    ['in a component of a URL', encodeURIComponent(odd)],
    ['percent-encoded in small letters', encodeURIComponent(odd).replaceAll(/%../g, (code) => code.toLowerCase())],
    ['percent-encoded twice', encodeURIComponent(encodeURIComponent(odd))],
    ['in a form', new URLSearchParams({ a: odd }).toString().slice(2)],
    ['in a query as a URL writes it', new URL(`http://a.test/?${odd.replace('\n', ' ').replace('#', '%23')}`).search],
    ['in JSON', JSON.stringify(odd)],
    ['in JSON within JSON', JSON.stringify(JSON.stringify(odd))],
    ['in JSON with slashes escaped', JSON.stringify(odd).replaceAll('/', '\\/')],
    ['in JSON of ASCII', JSON.stringify(odd).replaceAll('é', '\\u00e9').replaceAll('+', '\\u002B')],
    ['in base64', Buffer.from(odd).toString('base64')],
    ['in base64 after a user', Buffer.from(`me:${odd}`).toString('base64')],
    ['in base64 after a longer user', Buffer.from(`ab:${odd}`).toString('base64')],
    ['in base64 before something', Buffer.from(`${odd}!!`).toString('base64')],
    ['in base64 for URLs', Buffer.from(odd).toString('base64url')],
    ['in base64 in a query', encodeURIComponent(Buffer.from(odd).toString('base64'))],
    ['across escape sequences', `${odd.slice(0, 5)}\u001b[31m${odd.slice(5, 9)}\u200b\u0000${odd.slice(9)}`],
  ])('finds a secret %s', (_how, text) => {
    const shown = createRedactor([odd])(`before ${text} after`);
    expect(shown).toMatch(/^before \S{0,6}\*{3}\S{0,6} after$/);
  });

  it.each([
    ['at its end by a sign', `answer: ${'s3cret-value'.slice(0, 7)}…`, 'answer: ***…'],
    ['at its end, quoted', `unexpected "s3cret-"... is no JSON`, 'unexpected "***"... is no JSON'],
    ['at its beginning', `..."t-value", x`, '..."***", x'],
    ['on both sides', `..."cret-val"... is no JSON`, '..."***"... is no JSON'],
    ['at its end without a sign', 'answer: s3cret-v', 'answer: ***'],
    ['so short that it says nothing', 'answer: s3c…', 'answer: s3c…'],
    ['in base64', `answer: ${Buffer.from('s3cret-value').toString('base64').slice(0, 9)}…`, 'answer: ***…'],
  ])('finds what is left of a secret that was cut %s', (_how, text, shown) => {
    expect(createRedactor(['s3cret-value'])(text)).toBe(shown);
  });

  it('takes a text that is cut short for what it is after cleaning too', () => {
    for (let before = 470; before < 500; before++) {
      const shown = cleanText(createRedactor(['s3cret-value'])(cleanText(`${'x'.repeat(before)} s3cret-value`)));
      expect(shown).not.toMatch(/s3cr/);
    }
  });

  it('knows the parts of a secret', () => {
    const basic = `Basic ${Buffer.from('me:hunter2').toString('base64')}`;
    const url = 'https://u:pa%24%24word@a.test/x?key=0123456789';
    const cookies = 'session=abcdefghij; theme=dark';
    const pem = '-----BEGIN KEY-----\nMIIEvgIBADANBg\nkqhkiG9w0BAQEF\n-----END KEY-----';
    const known = createRedactor([basic, url, cookies, pem]);
    for (const part of ['hunter2', 'pa%24%24word', 'pa$$word', '0123456789', 'abcdefghij', 'kqhkiG9w0BAQEF']) {
      expect(known(`x ${part} y`)).toBe('x *** y');
    }
    expect(known('dark theme')).toBe('dark theme');
  });

  it('leaves nothing of secrets that overlap', () => {
    expect(createRedactor(['abcdef', 'defghi'])('xabcdefghix')).toBe('x***x');
  });

  it('finds a secret of 64 KiB', () => {
    const long = Array.from({ length: 16_384 }, (_, index) => index.toString(36).padStart(4, '-')).join('');
    expect(createRedactor([long])(`a ${long} b`)).toBe('a *** b');
    expect(createRedactor([long])(`a ${encodeURIComponent(long)} b`)).toBe('a *** b');
  });

  it('masks cookies that nobody named', () => {
    expect(redact('set-cookie: sid=abcdef; Path=/, x')).toBe('set-cookie: ***, x');
  });

  it('finds any secret in any form within any text', () => {
    const secret = fc
      .string({ unit: 'grapheme', minLength: 4, maxLength: 30 })
      .filter((text) => text.trim().length > 3);
    const form = fc.constantFrom(
      (text: string) => text,
      (text: string) => encodeURIComponent(text),
      (text: string) => JSON.stringify(text).slice(1, -1),
      (text: string) => Buffer.from(text).toString('base64'),
      (text: string) => new URLSearchParams({ a: text }).toString().slice(2),
    );
    fc.assert(
      fc.property(secret, form, fc.string(), fc.string(), (text, write, before, after) => {
        expect(createRedactor([text])(`${before} ${write(text)} ${after}`)).toContain('***');
      }),
    );
  });

  it('is fast on a long text without anything in it', () => {
    const started = performance.now();
    redact('a'.repeat(200_000));
    redact('?a'.repeat(100_000));
    redact('http://'.repeat(30_000));
    redact('\u009d'.repeat(200_000));
    redact('\\'.repeat(200_000));
    redact('p@'.repeat(100_000));
    redact('…'.repeat(200_000));
    redact('cookie: a=b'.repeat(20_000));
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

describe('cleanText', () => {
  it.each([
    ['\u001b[31mred\u001b[0m', 'red'],
    ['\u009b1;31mred', 'red'],
    ['\u001b]0;title\u0007after', 'after'],
    ['\u001b]8;;http://evil.test\u001b\\link\u001b]8;;\u001b\\', 'link'],
    ['\u001bPq#0;2\u001b\\x', 'x'],
    ['\u001bcreset', 'reset'],
    ['one\r\ntwo\tthree\u2028four', 'one two three four'],
    ['a\u0000b\u0007c\u007fd\u0085', 'abcd'],
    ['user\u202egnp.exe', 'usergnp.exe'],
    ['a\u2066b\u2069\u200bc\ufeff', 'abc'],
    ['  grüße 日本 👍  ', 'grüße 日本 👍'],
    ['\u001b]unterminated', 'unterminated'],
  ])('%j → %j', (text, clean) => {
    expect(cleanText(text)).toBe(clean);
  });

  it('caps the length and never cuts a character in two', () => {
    expect(cleanText('abcdef', 4)).toBe('abc…');
    expect(cleanText('👍👍👍', 4)).toBe('👍…');
    expect(cleanText('x'.repeat(1e6))).toHaveLength(500);
  });

  it('leaves no control or direction character of any text', () => {
    const anyText = fc
      .array(fc.integer({ min: 0, max: 0x20ff }), { maxLength: 100 })
      .map((codes) => String.fromCharCode(...codes));
    fc.assert(
      fc.property(anyText, (text) => {
        const clean = cleanText(text, 40);
        expect(clean).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069]/);
        expect(clean.length).toBeLessThanOrEqual(40);
      }),
    );
  });
});
