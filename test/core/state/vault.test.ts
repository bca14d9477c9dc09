import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changeAround, createVault } from '../../../core/state/vault.ts';

const odd = '+/s3c"r t\\é';

describe('createVault', () => {
  const vault = createVault([odd, 'abc', 'other-secret']);

  it.each([
    ['as it is', odd],
    ['in a component of a URL', encodeURIComponent(odd)],
    ['in a form', new URLSearchParams({ a: odd }).toString().slice(2)],
    ['percent-encoded in small letters', encodeURIComponent(odd).replaceAll(/%../g, (code) => code.toLowerCase())],
    ['percent-encoded twice', encodeURIComponent(encodeURIComponent(odd))],
    ['in JSON', JSON.stringify(odd).slice(1, -1)],
    ['in JSON within JSON', JSON.stringify(JSON.stringify(odd)).slice(3, -3)],
    ['in base64', Buffer.from(odd).toString('base64')],
    ['in base64 after a user', Buffer.from(`me:${odd}`).toString('base64')],
    ['in base64 after a longer user', Buffer.from(`user:${odd}:x`).toString('base64')],
    ['in base64 for URLs', Buffer.from(`u:${odd}`).toString('base64url')],
  ])('hides a secret %s, and shows it again', (_how, text) => {
    const hidden = vault.hide(`before ${text} after`);
    expect(hidden).toMatch(/^before \S{0,8}~~secret-0[a-z]~~\S{0,8} after$/);
    expect(vault.show(hidden)).toBe(`before ${text} after`);
  });

  it('shows what has taken the place of a secret', () => {
    expect(createVault(['new+one']).show(createVault(['old/one']).hide('/x?q=old%2Fone'))).toBe('/x?q=new%2Bone');
  });

  it('shows no secret to whoever writes a reference himself', () => {
    for (const forged of ['~~secret-0t~~', '~~env-SHOP_KEY-t~~', '~~plain-secret-0t~~', '~~~~secret-0t~~secret-0t~~']) {
      const known = createVault(['other-secret'], { SHOP_KEY: '0123456789' });
      for (const one of [known, createVault([])]) {
        const hidden = one.hide(forged);
        expect(one.show(hidden)).toBe(forged);
        // By a config that has got its secrets since.
        expect(known.show(hidden)).toBe(forged);
      }
    }
  });

  it('gives back any text as it was', () => {
    const piece = fc.oneof(
      fc.string({ maxLength: 6 }),
      fc.constantFrom(
        '~',
        '~~',
        '~~secret-0t~~',
        '~~env-SHOP_KEY-u~~',
        '~~plain-',
        'secret-1t~~',
        'plain-',
        odd,
        '0123456789',
      ),
      fc.constantFrom(encodeURIComponent(odd), Buffer.from(odd).toString('base64')),
    );
    const known = createVault([odd, 's3c"r', 'secret-', '~~secret-0t~~'], { SHOP_KEY: '0123456789' });
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const text = pieces.join('');
        expect(known.show(known.hide(text))).toBe(text);
      }),
      { numRuns: 500 },
    );
  });

  it('takes any secret', () => {
    // Halves of surrogate pairs among them.
    const anySecret = fc
      .array(fc.integer({ min: 0, max: 0xffff }), { minLength: 4, maxLength: 20 })
      .map((codes) => String.fromCharCode(...codes));
    fc.assert(
      fc.property(anySecret, fc.string(), (secret, text) => {
        const one = createVault([secret]);
        expect(one.show(one.hide(`${text}${secret}${text}`))).toBe(`${text}${secret}${text}`);
      }),
    );
    expect(createVault(['half\ud800']).hide('half\ud800')).toBe('~~secret-0t~~');
  });
});

describe('createVault, of variables', () => {
  const env = { SHOP_KEY: 'k+0123456789', QUERY: 'q+0123456789', HOME: '/home/me/shop', 'odd(x)_KEY': 'x+0123456789' };

  it('refers by name to those that hold secrets by their names', () => {
    const vault = createVault([], env);
    expect(vault.hide('/x?shop=k%2B0123456789')).toBe('/x?shop=~~env-SHOP_KEY-u~~');
    expect(vault.hide(`${env.QUERY} ${env.HOME} ${env['odd(x)_KEY']}`)).not.toContain('~~');
    expect(vault.show('/x?shop=~~env-SHOP_KEY-u~~')).toBe('/x?shop=k%2B0123456789');
  });

  it('refers to others once it has learned that they do', () => {
    const vault = createVault([], env);
    vault.learn(['nothing', 'q+0123456789']);
    expect(vault.hide('q%2B0123456789 at /home/me/shop')).toBe('~~env-QUERY-u~~ at /home/me/shop');
  });

  it('leaves to the config what stands in both', () => {
    expect(createVault([env.SHOP_KEY], env).hide(env.SHOP_KEY)).toBe('~~secret-0t~~');
  });

  it('names the variable that is gone', () => {
    const { show } = createVault([], { OTHER: '1' });
    expect(() => show('a ~~env-SHOP_KEY-t~~')).toThrow(
      expect.objectContaining({
        code: 'run_not_resumable',
        message: expect.stringContaining('needs the environment variable SHOP_KEY') as string,
      }),
    );
    expect(() => show('~~env-constructor-t~~')).toThrow(/variable constructor/);
  });
});

describe('changeAround', () => {
  it('leaves references as they are', () => {
    const shout = (text: string): string => text.toUpperCase();
    expect(changeAround('a~~secret-0t~~b~~env-X-t~~~~plain-env-X-t~~c', shout)).toBe(
      'A~~secret-0t~~B~~env-X-t~~~~plain-ENV-X-T~~C',
    );
  });
});
