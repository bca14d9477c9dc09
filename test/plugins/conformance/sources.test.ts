import { describe, expect, it } from 'vitest';
import type { MockApi } from '../../../core/contracts/mock.ts';
import type { SourcePlugin } from '../../../core/plugin.ts';
import { reply, testSource } from '../../../core/testing.ts';
import dummyjson from '../../../plugins/sources/dummyjson/index.ts';
import dummyjsonApi from '../../../plugins/sources/dummyjson/upstream.ts';
import escuelajs from '../../../plugins/sources/escuelajs/index.ts';
import escuelajsApi from '../../../plugins/sources/escuelajs/upstream.ts';
import jsonplaceholder from '../../../plugins/sources/jsonplaceholder/index.ts';
import jsonplaceholderApi from '../../../plugins/sources/jsonplaceholder/upstream.ts';
import reqres from '../../../plugins/sources/reqres/index.ts';
import reqresApi from '../../../plugins/sources/reqres/upstream.ts';
import { recordedFolder, recordingsMissing } from '../../support/recorded.ts';
import { walk } from '../../core/pagination/simulated-api.ts';

/** All pages of an embedded upstream, in the order in which the source asks for them. */
function pagesOf(plugin: SourcePlugin, api: MockApi): unknown[] {
  const answerTo = api.create({ rateLimit: false });
  const pages: unknown[] = [];
  walk(plugin.pagination, (url) => {
    const asked = {
      method: 'GET',
      path: url.pathname,
      query: url.searchParams,
      headers: { 'x-api-key': 'any' },
      url: url.href,
      arrivedAt: 0,
    };
    const { body, headers = {} } = answerTo(asked);
    pages.push(reply(body, { headers }));
    const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
    return { body, headers: Object.fromEntries(lower), ...(plugin.items && { items: plugin.items.bind(plugin) }) };
  });
  return pages;
}

describe('the built-in sources pass the tests of every source', () => {
  it.each([
    [dummyjson, dummyjsonApi],
    [escuelajs, escuelajsApi],
    [jsonplaceholder, jsonplaceholderApi],
    [reqres, reqresApi],
  ] as const)('$name', async (plugin, api) => {
    const { records } = await testSource(plugin, { pages: pagesOf(plugin, api) });
    expect(records).toHaveLength(api.items);
  });

  it.skipIf(recordingsMissing)('escuelajs, on pages of the real one', async () => {
    const { records } = await testSource(escuelajs, { pages: recordedFolder('escuelajs') });
    expect(records).toHaveLength(51);
  });
});
