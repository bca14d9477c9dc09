/** Types flow from the raw item to the record and on to the sink: an author never has to insist. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sinkScaffold } from '../../cli/scaffold/sink-scaffold.ts';
import { sourceScaffold } from '../../cli/scaffold/source-scaffold.ts';
import { codeBlocks, read, root } from './markdown.ts';

function filesIn(folder: string, matches: RegExp): readonly string[] {
  const names = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  return names.filter((name) => matches.test(name)).map((name) => `${folder}/${name}`);
}

const plugins: readonly (readonly [name: string, text: string])[] = [
  ...filesIn('plugins/sources', /index\.ts$/).map((file) => [file, read(file)] as const),
  ...filesIn('docs/examples', /\.ts$/).map((file) => [file, read(file)] as const),
  ...['README.md', ...filesIn('docs', /\.md$/)].flatMap((file) =>
    codeBlocks(read(file)).flatMap(({ language, name, text }, index) =>
      language === 'ts' ? [[`${file}, ${name ?? index}`, text] as const] : [],
    ),
  ),
  ...[sourceScaffold('shop'), sinkScaffold('shop')].flatMap(({ files }) =>
    files.flatMap(({ path, text }) => (path.endsWith('.ts') ? [[`a new ${path}`, text] as const] : [])),
  ),
];

/** Casts in code; comments, texts and what an import calls otherwise are none. */
function castsIn(text: string): readonly string[] {
  const code = text
    .replaceAll(/\/\*[^]*?\*\/|\/\/.*$|`[^`]*`|'[^'\n]*'|"[^"\n]*"/gm, '')
    .replaceAll(/^import\b[^;]*;/gm, '');
  return code.match(/.*\bas (?!const\b).*|.*\bany\b.*|.*[\w)\]]!(?=[.;,)\]]).*/g) ?? [];
}

test('a cast is found', () => {
  expect(castsIn('const a = b as C;\nconst d = e as const; // as F\nconst g = h!.i;')).toHaveLength(2);
});

test.each(plugins)('no cast in %s', (_name, text) => {
  expect(castsIn(text)).toEqual([]);
});
