import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const folder = new URL('../../../plugins/sources/', import.meta.url);
const names = readdirSync(folder);

it.each(names)('%s takes at most 40 lines, 12 of them declare the source', (name) => {
  const lines = readFileSync(new URL(`${name}/index.ts`, folder), 'utf8')
    .trimEnd()
    .split('\n');
  const start = lines.findIndex((line) => line.startsWith('export default defineSource({'));
  const end = lines.findIndex((line, index) => index > start && line === '});');
  expect(start).toBeGreaterThan(0);
  expect(lines.length).toBeLessThanOrEqual(40);
  expect(end - start + 1).toBeLessThanOrEqual(12);
});
