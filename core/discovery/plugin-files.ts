import { type CredentialsCode, credentialsCode } from './credentials.ts';
import { at } from './finding.ts';
import type { DiscoveredApi } from './discover.ts';
import { access, quoted, typeOf } from './item-type.ts';
import { itemsCode, paginationCode } from './pagination-code.ts';
import { productFields } from './product-fields.ts';
import { testPages } from './test-pages.ts';

/** A file of a plugin that was written from what was found out. */
export interface PluginFile {
  readonly name: string;
  readonly text: string;
}

/** How the plugin is called, and what it proves itself by. */
export interface PluginFilesOptions {
  readonly name: string;
  /** What the API was asked with, as it was given: with `${NAME}` in the place of secrets, or with these. */
  readonly headers: Readonly<Record<string, string>>;
}

/** What was written. */
export interface PluginFiles extends Pick<CredentialsCode, 'variables' | 'left'> {
  /** The first is the plugin, the second one its test. */
  readonly files: readonly PluginFile[];
}

/** Writes the plugin, its test and the pages that came. */
export function pluginFiles(api: DiscoveredApi, options: PluginFilesOptions): PluginFiles {
  const { name } = options;
  const credentials = credentialsCode(name, options.headers, api.url);
  const pages = testPages(api);
  const records = pages.reduce((sum, { body }) => sum + lengthAt(body, api), 0);
  const files = [
    { name: `${name}.ts`, text: pluginText(api, name, credentials) },
    { name: `${name}.test.ts`, text: testText(name, credentials.variables, records) },
    ...pages.flatMap(({ body, headers }, index): PluginFile[] => [
      { name: `page-${index + 1}.json`, text: `${JSON.stringify(body, null, 2)}\n` },
      { name: `page-${index + 1}.headers.json`, text: `${JSON.stringify({ status: 200, headers }, null, 2)}\n` },
    ]),
  ];
  // The upstream may send back what it was asked with.
  const { variables, left } = credentials;
  return { files: files.map((file) => ({ ...file, text: api.scrub(file.text) })), variables, left };
}

function lengthAt(body: unknown, { items }: DiscoveredApi): number {
  const list = at(body, items.value);
  return Array.isArray(list) ? list.length : 0;
}

function pluginText(api: DiscoveredApi, name: string, credentials: CredentialsCode): string {
  const { url, items, rateLimit, pages, id } = api;
  const { pager, code } = paginationCode(api);
  const idPath = id?.value ?? ['id'];
  // Some APIs wrap each item; what is in it is the item then.
  const wrapper = idPath.slice(0, -1);
  const all = pages.flatMap((page) => page.items).map((item) => at(item, wrapper));
  const fields = productFields(all);
  const idCode = access('item', idPath.slice(-1));
  // `String` trips over an object that can't be made a text.
  const isText = id !== undefined && all.every((item) => typeof at(item, idPath.slice(-1)) === 'string');
  const title = fields.get('title') ?? (isText ? idCode : `JSON.stringify(${idCode})`);
  const rest = [...fields].filter(([field]) => field !== 'title');
  const mapped = [`id: ${idCode}`, `title: ${title}`, ...rest.map(([field, read]) => `${field}: ${read}`)];
  const imports = [...credentials.imports, 'defineNormalizer', 'defineSource', pager].toSorted();
  const { requests, perMs } = rateLimit.value;
  return `import { ${imports.join(', ')}, type ProductFields } from 'sluice/plugin';

/** An item as the API sends it, as far as ${all.length} of them show. */
type Item = ${itemType(all, mapped.join(' '), id !== undefined)};

export default defineSource({
  name: '${name}',
  api: '^1',
  baseUrl: ${quoted(url.origin)},
  // ${words(rateLimit)}
  rateLimit: { requests: ${requests}, perMs: ${perMs} },
  // ${words(api.paging)}
  pagination: ${code},
${[
  ...(items.value.length + wrapper.length === 0 ? [] : [`items: ${itemsCode(items.value, wrapper)},`]),
  ...credentials.lines,
]
  .map(
    (line) => `  ${line}
`,
  )
  .join('')}  normalizer: defineNormalizer<Item, ProductFields>({
    normalize: (item) => ({
${mapped.map((line) => `      ${line},\n`).join('')}    }),
  }),
});
`;
}

/** The type of the items, of which a wide one is told no further than `code` reads it. */
function itemType(items: readonly unknown[], code: string, hasId: boolean): string {
  const type = typeOf(items, { reads: (name) => code.includes(access('item', [name])) });
  if (hasId) return type;
  return `Omit<${type}, 'id'> & {\n  /** Not among what came: put in the field that tells items apart. */\n  readonly id: string | number;\n}`;
}

function testText(name: string, variables: readonly string[], records: number): string {
  const env = variables.map((variable) => `${variable}: 'any value will do'`);
  const options = ["pages: new URL('.', import.meta.url)", ...(env.length === 0 ? [] : [`env: { ${env.join(', ')} }`])];
  return `import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { testSource } from 'sluice/testing';
import source from './${name}.ts';

// Asks nobody: answers come from the pages beside this file, which were cut so that the listing ends with them.
test('${name} keeps its contract, and makes a record of every item', async () => {
  const { records } = await testSource(source, { ${options.join(', ')} });
  equal(records.length, ${records});
});
`;
}

/** In a comment of one line, whatever the upstream has put into it. */
function words({ certainty, because }: { readonly certainty: string; readonly because: string }): string {
  return `${certainty}: ${because.replaceAll(/[^\x20-\x7e]/g, '?')}`;
}
