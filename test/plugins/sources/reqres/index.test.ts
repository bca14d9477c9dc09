import { describe, expect, it } from 'vitest';
import { startMockUpstream } from '../../../../core/mock/server.ts';
import reqres from '../../../../plugins/sources/reqres/index.ts';
import embedded from '../../../../plugins/sources/reqres/upstream.ts';
import { runToFile } from '../../../support/pipeline.ts';
import { firstOf, keysAfter, normalize } from '../source-harness.ts';

const first = firstOf(reqres);
const pageKeys = (...pages: number[]) => pages.map((page) => `GET /api/users?page=${page}&per_page=6`);

describe('reqres', () => {
  it('asks for users by page number, and knows all pages from the body of the first', () => {
    expect([first.key]).toEqual(pageKeys(1));
    expect(keysAfter(reqres, first, { body: { total: 13, data: Array.from({ length: 6 }, () => ({})) } })).toEqual(
      pageKeys(2, 3),
    );
  });

  it('takes a user for a product, without a price or a category', () => {
    const user = {
      id: 2,
      email: 'janet@reqres.in',
      first_name: 'Janet',
      last_name: 'Weaver',
      avatar: 'https://a.test/2',
    };
    expect(normalize(reqres, user)).toEqual({
      id: 2,
      title: 'Janet Weaver',
      description: 'janet@reqres.in',
      image: 'https://a.test/2',
    });
    expect(() => normalize(reqres, {})).not.toThrow();
  });

  it('sends the key of the environment, and never another way than in its header', () => {
    expect(reqres.auth).toEqual({ kind: 'api-key', header: 'x-api-key', value: '${REQRES_API_KEY}' });
  });

  it('brings every user of the embedded upstream, and none without a key', async () => {
    const upstream = await startMockUpstream(embedded);
    const auth = { kind: 'api-key', header: 'x-api-key', value: 'any' } as const;
    const use = { use: 'reqres', baseUrl: upstream.url };
    const { document, report } = await runToFile({ sources: [{ ...use, auth }] });
    expect(document.products).toHaveLength(12);
    expect(report.errors).toEqual([]);
    const refused = await runToFile({ sources: [{ ...use, auth: { ...auth, header: 'x-other' } }] });
    expect(refused.document.errors).toMatchObject([{ error: 'auth_failed', status: 401, count: 1 }]);
    expect(upstream.requests).toBe(3);
    await upstream.close();
  });
});
