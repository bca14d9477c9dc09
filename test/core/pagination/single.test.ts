import { expect, it } from 'vitest';
import { singlePage } from '../../../core/pagination/single.ts';
import { walk } from './simulated-api.ts';

it('asks for one page and looks at nothing of it', () => {
  const pager = singlePage({ path: '/all', query: { sort: 'id' } });
  const { keys, pages } = walk(pager, () => ({ body: [1, 2, 3], headers: { link: '</p>; rel=next' } }));
  expect(keys).toEqual(['GET /all?sort=id']);
  expect(pages[0]).toMatchObject({ parses: 0, counts: 0 });
  expect(pager).toMatchObject({ style: 'single', needs: 'headers' });
});

it('refuses to be without a path', () => {
  expect(() => singlePage({ path: '' })).toThrow('singlePage: path must be a text that is not empty, found ""');
});
