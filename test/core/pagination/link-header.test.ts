import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLinkHeader } from '../../../core/pagination/link-header.ts';

describe('parseLinkHeader', () => {
  it('reads several links', () => {
    expect(
      parseLinkHeader('<http://a.test/?p=1>; rel="first", <http://a.test/?p=2>; rel="next", </?p=5>; rel=last'),
    ).toEqual([
      { target: 'http://a.test/?p=1', rel: ['first'] },
      { target: 'http://a.test/?p=2', rel: ['next'] },
      { target: '/?p=5', rel: ['last'] },
    ]);
  });

  it.each([[''], ['  '], [','], [' , ,']])('finds no link in %j', (header) => {
    expect(parseLinkHeader(header)).toEqual([]);
  });

  it.each([
    ['several relations', '</b>; rel="prev  NEXT"', { target: '/b', rel: ['prev', 'next'] }],
    ['names and relations in any case', '</b>; REL=Next', { target: '/b', rel: ['next'] }],
    ['spaces around everything', ' < /b > ; rel = "next" ,', { target: '/b', rel: ['next'] }],
    ['no spaces at all', '</b>;rel=next;title=x', { target: '/b', rel: ['next'] }],
    ['commas and semicolons in the target', '</b?a=1,2;c>; rel=next', { target: '/b?a=1,2;c', rel: ['next'] }],
    ['commas in quotes', '</b>; title="a, <c>; rel=prev"; rel="next"', { target: '/b', rel: ['next'] }],
    ['escaped quotes', String.raw`</b>; title="a \" , b"; rel="ne\xt"`, { target: '/b', rel: ['next'] }],
    ['the first rel where there are two', '</b>; rel=next; rel=prev', { target: '/b', rel: ['next'] }],
    ['no rel', '</b>', { target: '/b', rel: [] }],
    ['a rel without a value', '</b>; rel; title=x', { target: '/b', rel: [] }],
    ['an empty parameter', '</b>;; rel=next;', { target: '/b', rel: ['next'] }],
    ['extended parameters', "</b>; title*=UTF-8''n%c3%a4; rel=next", { target: '/b', rel: ['next'] }],
    ['an anchor', '</b>; rel=next; anchor="#part"', { target: '/b', rel: ['next'], anchor: '#part' }],
    ['an empty target', '<>; rel=next', { target: '', rel: ['next'] }],
  ])('reads a link with %s', (_, header, link) => {
    expect(parseLinkHeader(header)).toEqual([link]);
  });

  it.each([['garbage, </b>; rel=next'], ['/a; rel=prev, </b>; rel=next'], ['</b>; rel=next, <unclosed']])(
    'passes over what is no link in %j',
    (header) => {
      expect(parseLinkHeader(header)).toEqual([{ target: '/b', rel: ['next'] }]);
    },
  );

  it('ends without a throw on any text', () => {
    const piece = fc.constantFrom('<', '>', '"', '\\', ';', ',', '=', ' ', 'rel', 'next', '/a');
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece, { maxLength: 40 }).map((list) => list.join('')),
        ),
        (header) => {
          expect(Array.isArray(parseLinkHeader(header))).toBe(true);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('gives back whatever links were written', () => {
    const target = fc.webUrl({ withQueryParameters: true });
    const title = fc.string().map((text) => text.replaceAll(/["\\]/g, String.raw`\$&`));
    const link = fc.record({ target, title, rel: fc.constantFrom('next', 'prev', 'last') });
    fc.assert(
      fc.property(fc.array(link, { maxLength: 5 }), (links) => {
        const header = links.map((each) => `<${each.target}>; title="${each.title}"; rel=${each.rel}`).join(', ');
        expect(parseLinkHeader(header)).toEqual(links.map((each) => ({ target: each.target, rel: [each.rel] })));
      }),
    );
  });
});
