import { describe, expect, it } from 'vitest';
import type { PageRequest } from '../../../core/contracts/page.ts';
import { requestVault } from '../../../core/state/request-vault.ts';
import { createVault } from '../../../core/state/vault.ts';

const value = 'q+"0123456789';
const env = { QUERY: value };

describe('requestVault', () => {
  it.each<[string, Partial<PageRequest>]>([
    ['in a query', { url: `/x?page=2&api_key=${encodeURIComponent(value)}` }],
    ['in a query, as it is', { url: `/x?access_token=${value.replaceAll('"', '')}` }],
    ['in the user of a URL', { url: `https://me:${encodeURIComponent(value)}@shop.test/x` }],
    ['in a form', { body: new URLSearchParams({ client_secret: value }).toString() }],
    ['in JSON', { body: JSON.stringify({ deep: { apiKey: value } }) }],
    ['in a header', { headers: { 'x-shop-key': value } }],
    ['in an authorization', { headers: { authorization: `Bearer ${value}` } }],
    ['in a basic one', { headers: { authorization: `Basic ${Buffer.from(`me:${value}`).toString('base64')}` } }],
    ['in a cookie', { headers: { cookie: `session=${value}; theme=dark` } }],
    ['in the state of the pager', { state: { auth: { tokens: [1], token: [value] } } }],
  ])('knows a variable by the place where its value is sent: %s', (_where, part) => {
    const plain = value.replaceAll('"', '');
    const vault = requestVault(createVault([], { ...env, ...(part.url?.includes(`=${plain}`) && { QUERY: plain }) }));
    const request = { key: 'first', url: '/x', ...part };
    const hidden = vault.hide(request);
    expect(JSON.stringify(hidden)).toContain('~~env-QUERY-');
    expect(vault.show(hidden)).toEqual(request);
  });

  it('knows it everywhere from then on', () => {
    const vault = requestVault(createVault([], env));
    expect(
      vault.hide({ key: value, url: `/${encodeURIComponent(value)}?api_key=${encodeURIComponent(value)}` }),
    ).toEqual({
      key: '~~env-QUERY-t~~',
      url: '/~~env-QUERY-u~~?api_key=~~env-QUERY-u~~',
    });
  });

  it('leaves alone what is sent under any other name', () => {
    const request = { key: 'a', url: `/x?q=${encodeURIComponent(value)}`, state: { cursor: value } };
    expect(requestVault(createVault([], env)).hide(request)).toEqual(request);
  });
});
