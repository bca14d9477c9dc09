import type { SourcePlugin } from '../../../core/plugin.ts';
import { answering, items, json, paging } from '../answers.ts';
import { counted, slice } from '../listings.ts';
import { upstreamRows } from '../upstream-row.ts';

const three = answering(json(items(1, 3)));

/** Does this with the second item, and the right thing with the others. */
function atSecond(misbehave: (item: { id: number }) => unknown): Partial<SourcePlugin> {
  const normalize = (item: { id: number }): { id: number } =>
    item.id === 2 ? (misbehave(item) as { id: number }) : item;
  return { normalizer: { normalize } };
}

const bug = (): never => {
  throw new Error('bug in the plugin');
};

const rejected = 'exit 0, complete, 2 records, 1 request, 1 normalizer_failed';

/** Faults of plugins that need no thread to be survived. */
export const pluginRows = upstreamRows('plugins', [
  { fault: 'normalizer throws', expected: rejected, source: atSecond(bug), upstream: three },
  {
    fault: 'normalizer throws what is no error',
    expected: rejected,
    source: atSecond(() => {
      // oxlint-disable-next-line typescript/only-throw-error -- that is the fault
      throw null;
    }),
    upstream: three,
  },
  {
    fault: 'normalizer returns a promise that never settles',
    expected: rejected,
    source: atSecond(() => new Promise(() => undefined)),
    upstream: three,
  },
  {
    fault: 'normalizer returns a promise that rejects',
    expected: rejected,
    source: atSecond(() => Promise.reject(new Error('bug in the plugin'))),
    upstream: three,
  },
  { fault: 'normalizer returns nothing', expected: rejected, source: atSecond(() => undefined), upstream: three },
  { fault: 'normalizer returns text', expected: rejected, source: atSecond(() => 'text'), upstream: three },
  {
    fault: 'normalizer returns a list of texts',
    expected: rejected,
    source: atSecond(() => ['text']),
    upstream: three,
  },
  {
    fault: 'normalizer returns another shape',
    expected: 'exit 0, complete, 2 records, 1 request, 1 missing_title',
    source: atSecond(({ id }) => ({ id, name: 'no title' })),
    upstream: three,
  },
  {
    fault: 'normalizer returns an object that throws when it is read',
    expected: rejected,
    source: atSecond(() => ({
      id: 2,
      get title() {
        return bug();
      },
    })),
    upstream: three,
  },
  {
    fault: 'items() throws',
    expected: 'exit 3, failed, 0 records, 3 requests, unexpected_shape after 3',
    source: { items: bug },
    upstream: three,
  },
  {
    fault: 'pager throws at first()',
    expected: 'exit 3, failed, 0 records, 0 requests, source_failed',
    source: { pagination: { first: bug, next: () => [] } },
    upstream: three,
  },
  {
    fault: 'pager throws at next()',
    expected: 'exit 3, failed, 0 records, 1 request, source_failed',
    source: { pagination: { first: () => [{ key: 'a', url: '/items' }], next: bug } },
    upstream: three,
  },
  {
    fault: 'pager asks for the same page for ever',
    expected: 'exit 3, partial, 3 records, 1 request, pagination_loop',
    source: {
      pagination: {
        first: () => [{ key: 'a', url: '/items' }],
        next: () => [{ key: 'b', url: '/items' }],
      },
    },
    upstream: three,
  },
  {
    fault: 'reader of the total throws',
    expected: 'exit 0, complete, 3 records, 2 requests',
    source: {
      ...counted,
      pagination: { ...(counted.pagination ?? bug()), totalInBody: bug },
    },
    upstream: paging((offset) => slice(offset, 3)),
  },
]);
