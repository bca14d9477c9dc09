import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { loadConfig } from '../../core/config/load.ts';
import { configJsonSchema } from '../../core/config/schema.ts';
import { importDefault } from '../../core/registry/import-module.ts';
import { pluginProblems } from '../../core/registry/validate-plugin.ts';
import csv from '../../plugins/sinks/csv/index.ts';
import jsonFile from '../../plugins/sinks/json-file/index.ts';
import ndjson from '../../plugins/sinks/ndjson/index.ts';
import stdout from '../../plugins/sinks/stdout/index.ts';
import { runToFile } from '../support/pipeline.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import {
  anchorsOf,
  codeBlocks,
  codesIn,
  firstColumn,
  linksOf,
  prose,
  read,
  root,
  section,
  tableRows,
} from './markdown.ts';

const documents = [
  'README.md',
  'AI_USAGE.md',
  'CHANGELOG.md',
  ...readdirSync(join(root, 'docs')).flatMap((name) => (name.endsWith('.md') ? [`docs/${name}`] : [])),
];
const readme = read('README.md');
const manifest = JSON.parse(read('package.json')) as Record<
  'dependencies' | 'peerDependencies' | 'devDependencies' | 'scripts',
  Record<string, string>
>;

/** Writes the TypeScript of a document into a folder, those that have a name under it. */
function writeExamples(document: string, folder: string): readonly string[] {
  mkdirSync(folder, { recursive: true });
  const blocks = codeBlocks(read(document)).filter(({ language }) => language === 'ts');
  return blocks.map(({ name, text }, index) => {
    const file = join(folder, name ?? `example-${index + 1}.ts`);
    writeFileSync(file, text);
    return file;
  });
}

/** A folder outside of the repository that has the packages installed which this one has. */
async function projectFolder(): Promise<string> {
  const folder = await temporaryFolder();
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  return folder;
}

describe('examples', () => {
  test('of TypeScript have no type errors', { timeout: 60_000 }, async () => {
    const folder = await projectFolder();
    // This package itself is taken from its sources.
    const paths = {
      sluice: [join(root, 'core/index.ts')],
      'sluice/plugin': [join(root, 'core/plugin.ts')],
      'sluice/engine': [join(root, 'core/engine.ts')],
      'sluice/testing': [join(root, 'core/testing.ts')],
    };
    const compilerOptions = { rootDir: '/', noEmit: true, noUnusedLocals: false, paths };
    const config = { extends: join(root, 'tsconfig.json'), compilerOptions, include: ['examples'] };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
    const files = documents.flatMap((name) =>
      writeExamples(name, join(folder, 'examples', name.replaceAll(/\W/g, '-'))),
    );
    expect(files.length).toBeGreaterThan(8);

    const compiler = join(root, 'node_modules/typescript/bin/tsc');
    const compile = promisify(execFile)(process.execPath, [compiler, '-p', folder, '--pretty', 'false'], {
      cwd: folder,
    });
    const output = await compile.then(
      () => '',
      (error: { stdout: string; stderr: string }) => error.stdout + error.stderr,
    );
    // What is wrong with the sources themselves, outside of the folder, is for the type check of those to tell.
    expect(output.split('\n').filter((line) => /^[^.\s]/.test(line))).toEqual([]);
  });

  test('of JSON are JSON', () => {
    const blocks = documents.flatMap((name) => codeBlocks(read(name)).filter(({ language }) => language === 'json'));
    expect(blocks.length).toBeGreaterThan(1);
    for (const { text } of blocks) expect(() => JSON.parse(text) as unknown, text).not.toThrow();
  });

  test.each(['README.md', 'docs/configuration.md', 'docs/writing-plugins.md'])(
    'of a config can be run, plugins and all: %s',
    async (name) => {
      const folder = await projectFolder();
      const files = writeExamples(name, folder);
      const env = { SHOP_TOKEN: 'of the shop', ESCUELA_KEY: 'of the school' };
      const config = await loadConfig({ cwd: folder, env });
      expect(config.file).toBe(join(folder, 'pipeline.config.ts'));
      expect(config.sources.length).toBeGreaterThan(0);
      expect(files).toContain(config.file);
    },
  );

  test('of a source is as short as its heading says, and brings every item', async () => {
    const example = codeBlocks(section(readme, '### A source in twelve lines'))[0];
    const lines = (example?.text ?? '').trimEnd().split('\n').slice(1);
    expect(lines).toHaveLength(12);

    const folder = await projectFolder();
    writeExamples('README.md', folder);
    const items = Array.from({ length: 45 }, (_, index) => ({ sku: `s${index}`, name: `Thing ${index}`, cost: index }));
    const server = createServer(({ url }, response) => {
      const { pathname, searchParams } = new URL(url ?? '', 'http://localhost');
      const offset = Number(searchParams.get('offset'));
      const page = pathname === '/api/items' ? items.slice(offset, offset + Number(searchParams.get('limit'))) : [];
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ items: page, total: items.length }));
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`;
    const { document, exitCode } = await runToFile({ sources: [{ use: join(folder, 'shop.ts'), baseUrl }] });
    expect(exitCode).toBe(0);
    expect(document.products).toHaveLength(45);
    expect(document.products.find(({ id }) => id === 'shop:s7')).toMatchObject({
      title: 'Thing 7',
      price: 7,
      currency: 'EUR',
      category: null,
    });
  });

  test('of plugins are plugins', async () => {
    const folder = await projectFolder();
    for (const page of ['docs/writing-plugins.md', 'docs/normalizers.md']) writeExamples(page, folder);
    const load = (name: string): Promise<unknown> => importDefault(pathToFileURL(join(folder, name)).href);
    expect(pluginProblems('source', await load('books.ts'))).toEqual([]);
    expect(pluginProblems('source', await load('catalogue.ts'))).toEqual([]);
    expect(pluginProblems('source', await load('offers.ts'))).toEqual([]);
    expect(pluginProblems('sink', await load('count-sink.ts'))).toEqual([]);
    expect(pluginProblems('model', await load('article.ts'))).toEqual([]);
  });
});

describe('docs/error-codes.md', () => {
  const page = read('docs/error-codes.md');
  const reasons = section(page, '## Reasons for a reject');
  const fields = section(page, '## An entry of `errors[]`');

  /** The members of a union of texts, read off its source. */
  function members(file: string, type: string): string[] {
    const [, union = ''] = new RegExp(`export type ${type} =([^;]+);`).exec(read(file)) ?? [];
    return [...union.matchAll(/['`]([^'`]+)['`]/g)].map(([, member = '']) => member);
  }

  test('lists every code once, and no other', () => {
    const codes = members('core/errors.ts', 'ErrorCode').map((code) => code.replace(/\$\{.*\}/, '<status>'));
    expect(codes.length).toBeGreaterThan(25);
    expect(firstColumn(page.replace(reasons, '').replace(fields, '')).toSorted()).toEqual(codes.toSorted());
  });

  test('lists every reason for a reject once, and no other', () => {
    const known = members('core/contracts/batch.ts', 'RejectReason');
    expect(known.length).toBeGreaterThan(5);
    expect(firstColumn(reasons).toSorted()).toEqual(known.toSorted());
  });

  test('lists every field of an entry', () => {
    const [, entry = ''] = /export interface ErrorEntry \{([^}]+)\}/.exec(read('core/contracts/report.ts')) ?? [];
    const names = [...entry.matchAll(/readonly (\w+)\??:/g)].map(([, name = '']) => name);
    expect(names).toContain('endpoint');
    expect(firstColumn(fields)).toEqual(names);
  });
});

type Node = z.core.JSONSchema.BaseSchema;

/** Every key of a schema that is not itself a group of keys, with its path. */
function keysOf(node: Node, path: string): readonly (readonly [path: string, node: Node])[] {
  const choices = [node, ...(node.anyOf ?? [])] as readonly Node[];
  const properties = choices.find((choice) => choice.properties !== undefined)?.properties;
  if (properties !== undefined) {
    return Object.entries(properties).flatMap(([key, inner]) =>
      keysOf(inner as Node, path === '' ? key : `${path}.${key}`),
    );
  }
  const entries = node.items as Node | undefined;
  return [[path, node], ...(entries?.anyOf === undefined ? [] : keysOf(entries, `${path}[]`))];
}

function asWritten(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

describe('docs/configuration.md', () => {
  const page = read('docs/configuration.md');
  const keys = keysOf(configJsonSchema(), '');
  const rows = new Map(
    tableRows(section(page, '## Everything')).map(([key = '', ...cells]) => [codesIn(key)[0] ?? '', cells]),
  );

  test('names every key, and no other', () => {
    expect(keys.length).toBeGreaterThan(35);
    const ofTheConfig = [...rows.keys()].filter(
      (key) => !['csv', 'json-file', 'ndjson', 'duckdb', 'parquet', 'postgres', 'stdout'].includes(key),
    );
    expect(ofTheConfig.toSorted()).toEqual(keys.map(([path]) => path).toSorted());
  });

  // The number of threads depends on the machine.
  test.each(keys.filter(([path]) => path !== 'workers.threads' && !path.startsWith('services.')))(
    'gives the default and the bounds of %s',
    (path, node) => {
      const [byDefault = '', allowed = ''] = rows.get(path) ?? [];
      const { default: value, minimum, exclusiveMinimum, maximum, enum: choices } = node;
      expect(codesIn(byDefault)).toEqual(value === undefined ? [] : [asWritten(value)]);
      const bounds = [minimum, exclusiveMinimum, maximum].filter((bound) => bound !== undefined);
      // Where the schema has neither bounds nor choices, what is allowed is said in words.
      expect(codesIn(allowed).slice(0, choices?.length ?? bounds.length)).toEqual((choices ?? bounds).map(asWritten));
    },
  );

  test('gives the bounds of workers.threads, and its default in words', () => {
    const [, { description, minimum, maximum } = {}] = keys.find(([path]) => path === 'workers.threads') ?? [];
    const [byDefault = '', allowed = ''] = rows.get('workers.threads') ?? [];
    expect(description).toContain(`by default ${byDefault};`);
    expect(codesIn(allowed)).toEqual([minimum, maximum].map(asWritten));
  });

  test.each([
    ['csv', csv],
    ['stdout', stdout],
    ['json-file', jsonFile],
    ['ndjson', ndjson],
  ])('gives the options of the sink %s', (name, { options }) => {
    if (!(options instanceof z.ZodType)) throw new TypeError('its options are not made with zod');
    const schema: Node = z.toJSONSchema(options, { io: 'input' });
    const [key = '', { default: value } = {}] = (Object.entries(schema.properties ?? {}) as [string, Node][])[0] ?? [];
    expect(rows.get(name)?.slice(0, 2)).toEqual([`\`${key}\``, `\`${asWritten(value)}\``]);
  });
});

describe('README.md', () => {
  test('has every runtime dependency in its table, then the optional ones, then those for development, and no other', () => {
    const [runtime = '', optional = '', development = ''] = section(readme, '## Libraries').split(
      /Not installed with the package|For development:/,
    );
    expect(firstColumn(runtime).toSorted()).toEqual(Object.keys(manifest.dependencies).toSorted());
    expect(firstColumn(optional).toSorted()).toEqual(Object.keys(manifest.peerDependencies).toSorted());
    expect(firstColumn(development).toSorted()).toEqual(Object.keys(manifest.devDependencies).toSorted());
  });

  test('names the scripts that there are', () => {
    const named = [...readme.matchAll(/\bnpm run ([\w:]+)/g)].map(([, script = '']) => script);
    expect(named).toContain('coverage');
    for (const script of named) expect(Object.keys(manifest.scripts)).toContain(script);
  });

  test('names every option of `pipeline run`, and none that no command has', () => {
    const optionsIn = (file: string): string[] =>
      [...read(file).matchAll(/option\(\s*'(?:-\w, )?(--[\w-]+)/gi)].map(([, option = '']) => option);
    const shared = optionsIn('cli/metrics/address.ts');
    const own = readdirSync(join(root, 'cli/definitions')).flatMap((name) => optionsIn(`cli/definitions/${name}`));
    const run = section(readme, '## Run').split('### Docker')[0] ?? '';
    const named = [...run.matchAll(/--[a-z][\w-]*/g)].map(([option]) => option);
    expect(named).toContain('--source');
    expect(named).toEqual(expect.arrayContaining([...shared, ...optionsIn('cli/definitions/run.ts')]));
    expect([...shared, ...own, '--help']).toEqual(expect.arrayContaining(named));
  });
});

test.each(documents)('%s names files and folders that are there', (name) => {
  const named = codesIn(prose(read(name))).filter((text) =>
    /^(?:core|cli|plugins|test|docs|\.ci)\/[\w./*-]+$/.test(text),
  );
  // Of a pattern, the folder before its first star.
  const missing = named.filter((path) => !existsSync(join(root, path.replace(/[^/]*\*.*$/, ''))));
  expect(missing).toEqual([]);
});

describe('links', () => {
  test.each(documents)('of %s lead to files and headings that are there', (name) => {
    const local = linksOf(read(name)).filter((target) => !/^https?:/.test(target));
    const broken = local.filter((link) => {
      const [path = '', anchor] = link.split('#');
      const file = path === '' ? resolve(root, name) : resolve(root, dirname(name), path);
      return !existsSync(file) || (anchor !== undefined && !anchorsOf(read(file)).includes(anchor));
    });
    expect(broken).toEqual([]);
  });
});
