import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { writeFiles } from '../core/config/write-files.ts';

const dist = new URL('../../dist/', import.meta.url);

/** The entry as it is installed: built by `pretest`. */
const testFile = `
import { test } from 'node:test';
import { testNormalizer, testSink, testSource } from '${new URL('core/testing.js', dist).href}';
import ndjson from '${new URL('plugins/sinks/ndjson/index.js', dist).href}';
import escuelajs from '${new URL('plugins/sources/escuelajs/index.js', dist).href}';

const items = [1, 2].map((id) => ({ id, title: 'Shirt ' + id, price: 5, category: { name: 'Clothes' }, images: ['a.png'] }));
test('source', () => testSource(escuelajs, { pages: [items] }));
test('sink', () => testSink(ndjson));
test('normalizer', () => testNormalizer(escuelajs.normalizer, { items }));
test('broken', () => testNormalizer({ normalize: (item) => ({ title: item.title.trim() }) }, { items }));
`;

it('the tests of plugins run under node:test, and the ones that fail say why', { timeout: 60_000 }, async () => {
  const folder = await writeFiles({ 'plugins.test.mjs': testFile });
  // Without what a runner around this one has put there for its own.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const run = promisify(execFile)(process.execPath, ['--test', '--test-reporter=tap', 'plugins.test.mjs'], {
    cwd: folder,
    env,
  });
  const output = await run.then(
    ({ stdout }) => stdout,
    (error: { stdout: string }) => error.stdout,
  );
  expect(output).toMatch(/# pass 3\n# fail 1\n/);
  expect(output).toContain('normalize() trips over an item in which title is null: TypeError');
});
