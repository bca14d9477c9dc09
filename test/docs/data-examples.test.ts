/** Data in the documents are what they are said to be: configs that can be loaded, lines that can be read. */
import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadConfig } from '../../core/config/load.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { codeBlocks, read, root } from './markdown.ts';

const blocks = ['README.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)].flatMap((document) =>
  document.endsWith('.md') ? codeBlocks(read(document)).map((block) => ({ ...block, document })) : [],
);
const configs = blocks.filter(
  ({ language, text }) => language === 'yaml' || (language === 'json' && /^\{\s*"sources"/.test(text)),
);

test('there is a config in each language', () => {
  expect(new Set(configs.map(({ language }) => language))).toEqual(new Set(['yaml', 'json']));
});

test.each(configs)('the config in $language of $document can be loaded', async ({ language, text }) => {
  const folder = await temporaryFolder();
  const file = join(folder, `pipeline.config.${language}`);
  await writeFile(file, text);
  expect((await loadConfig({ file, env: {} })).sources.length).toBeGreaterThan(0);
});

test('lines of JSON are JSON', () => {
  const lines = blocks.flatMap(({ language, text }) => (language === 'jsonl' ? text.trim().split('\n') : []));
  expect(lines.length).toBeGreaterThan(0);
  for (const line of lines) expect(() => JSON.parse(line) as unknown, line).not.toThrow();
});

test('every block says what it is, in a language that a test knows', () => {
  const known = new Set(['ts', 'json', 'jsonl', 'yaml', 'sh', 'text']);
  expect(blocks.filter(({ language }) => !known.has(language))).toEqual([]);
});
