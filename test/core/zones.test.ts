import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../..');

/** All specifiers that a file imports or re-exports, types left out where the whole statement is of types. */
function importsOf(file: string, kind: 'all' | 'static' | 'static values'): string[] {
  const text = readFileSync(file, 'utf8').replaceAll(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, '');
  const found = [...text.matchAll(/^(?:import|export)\s+(type\s)?[^'";]*?from\s+'([^']+)'|^import\s+'([^']+)'/gm)]
    .filter(([, typesOnly]) => kind !== 'static values' || typesOnly === undefined)
    .map(([, , from, bare]) => from ?? bare ?? '');
  const dynamic = [...text.matchAll(/\bimport\('([^']+)'\)/g)].map(([, specifier]) => specifier ?? '');
  return kind === 'all' ? [...found, ...dynamic] : found;
}

function filesUnder(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name));
}

/** What a file imports of this project, as paths from the root. */
function localImports(file: string): string[] {
  return importsOf(file, 'all')
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => relative(root, resolve(dirname(file), specifier)));
}

/** Every package that is loaded when `entry` is, itself and through others. */
function packagesBehind(entry: string): Set<string> {
  const packages = new Set<string>();
  const seen = new Set<string>();
  const queue = [join(root, entry)];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    for (const specifier of importsOf(file, 'static values')) {
      if (specifier.startsWith('.')) queue.push(resolve(dirname(file), specifier));
      else if (!specifier.startsWith('node:')) packages.add(specifier);
    }
  }
  return packages;
}

describe('import zones', () => {
  test('the walker sees imports of every form', () => {
    expect(importsOf(join(root, 'core/di/container.ts'), 'static')).toContain('reflect-metadata');
    expect(importsOf(join(root, 'core/index.ts'), 'all')).toContain('./di/create-pipeline.ts');
    expect(packagesBehind('core/di/container.ts')).toContain('tsyringe');
  });

  test('plugins import the author’s entry and their own folder only, engines the one for engines too', () => {
    for (const file of filesUnder('plugins')) {
      const [, kind] = relative(root, file).split('/');
      for (const target of localImports(file)) {
        // An engine is built of what a run is built of, and only that entry tells what this is.
        const entries = kind === 'engines' ? ['core/plugin.ts', 'core/engine.ts'] : ['core/plugin.ts'];
        const allowed = entries.includes(target) || target.startsWith(`plugins/${kind ?? ''}/`);
        expect(allowed, `${file} → ${target}`).toBe(true);
      }
    }
  });

  test('the CLI imports the host’s entry and its own files only', () => {
    for (const file of filesUnder('cli')) {
      for (const target of localImports(file)) {
        expect(target === 'core/index.ts' || target.startsWith('cli/'), `${file} → ${target}`).toBe(true);
      }
    }
  });

  test('core imports neither plugins nor the CLI', () => {
    for (const file of filesUnder('core')) {
      for (const target of localImports(file)) expect(target.startsWith('core/'), `${file} → ${target}`).toBe(true);
    }
  });

  test('contracts import nothing but errors and each other', () => {
    for (const file of filesUnder('core/contracts')) {
      for (const target of localImports(file)) {
        expect(target === 'core/errors.ts' || target.startsWith('core/contracts/'), `${file} → ${target}`).toBe(true);
      }
    }
  });

  test.each([
    ['core/processing/worker.ts', ['@datadog/sketches-js', 'tinypool', 'xxhash-wasm']],
    ['core/plugin.ts', []],
    ['core/index.ts', []],
    ['plugins/sources/dummyjson/index.ts', []],
    ['plugins/models/product/index.ts', []],
    ['plugins/engines/bullmq/index.ts', ['zod']],
  ])('%s loads nothing that a worker thread does not need', (entry, allowed) => {
    expect([...packagesBehind(entry)].filter((name) => !allowed.includes(name))).toEqual([]);
  });
});
