import { spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { writeFiles } from '../core/config/write-files.ts';
import { httpServer } from '../support/fault-server.ts';
import {
  answers,
  base64,
  configOf,
  env,
  inFiles,
  secretOf,
  secrets,
  sink,
  sinkOptions,
  source,
} from './planted-secrets.ts';

/** The command as it is installed: built by `pretest`. */
const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

let origin = '';

beforeAll(async () => {
  const server = await httpServer((request, response) => {
    const [, name = ''] = request.url?.split(/[/?]/) ?? [];
    const answer = answers[name];
    if (answer === undefined) response.writeHead(404).end();
    else answer(request, response);
  });
  origin = server.origin;
  return () => server.close();
});

const config = (names: readonly string[], options: Readonly<Record<string, unknown>>): unknown =>
  configOf(origin, names, options);

interface Outcome {
  readonly code: number | null;
  /** stdout, stderr and every file that was written, by name. */
  readonly texts: ReadonlyMap<string, string>;
}

async function run(settings: unknown, args: readonly string[]): Promise<Outcome> {
  const given = { 'pipeline.config.json': JSON.stringify(settings), 'echo.mjs': source, 'leaky.mjs': sink, ...inFiles };
  const folder = await writeFiles(given);
  const child = spawn(process.execPath, [main, 'run', ...args], { cwd: folder, env: { ...process.env, ...env } });
  onTestFinished(() => void child.kill('SIGKILL'));
  const texts = new Map<string, string>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].on('data', (chunk: Buffer) => texts.set(name, (texts.get(name) ?? '') + chunk.toString()));
  }
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name);
    const name = file.slice(folder.length + 1);
    if (entry.isFile() && !Object.hasOwn(given, name)) texts.set(name, await readFile(file, 'utf8'));
  }
  return { code, texts };
}

/** Everything but the records: those are the upstream's data, delivered as they came. */
function withoutRecords(name: string, text: string): string {
  if (basename(name) === 'products.ndjson') return '';
  if (basename(name) !== 'products.json') return text;
  return JSON.stringify({ ...(JSON.parse(text) as object), products: [] });
}

/** What dead letters hold of pages, as whoever looks into them decodes it. */
function decodedBytes(text: string): string {
  return Array.from(text.matchAll(/"bytes":"([^"]*)"/g), ([, bytes = '']) =>
    Buffer.from(bytes, 'base64').toString('latin1').replaceAll('\\u001b', '\u001b'),
  ).join('\n');
}

/** The secrets of which anything is to be seen: whole, in any form, or eight characters on end. */
function leaks({ texts }: Outcome, planted: Readonly<Record<string, string>> = secrets): readonly string[] {
  const found: string[] = [];
  for (const [file, written] of texts) {
    const text = stripVTControlCharacters(`${withoutRecords(file, written)}\n${decodedBytes(written)}`);
    for (const [name, secret] of Object.entries(planted)) {
      const forms = [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), base64(secret)];
      const pieces = forms.flatMap((form) =>
        Array.from({ length: Math.max(1, form.length - 7) }, (_, index) => form.slice(index, index + 8)),
      );
      const at = pieces.map((piece) => text.indexOf(piece)).find((index) => index >= 0);
      if (at !== undefined)
        found.push(`${name} in ${file}: ${JSON.stringify(text.slice(Math.max(0, at - 150), at + 40))}`);
    }
  }
  return found;
}

describe('of more than 20 secrets in every place that can hold one, nothing is to be seen', { timeout: 30_000 }, () => {
  const troubled = Object.keys(answers);

  test.each([
    ['in the log of everything', ['--log-level', 'debug']],
    ['in lines of JSON', ['--log-level', 'debug', '--json']],
    ['in the usual output', []],
  ])('when all goes wrong, %s', async (_, args) => {
    const outcome = await run(config(troubled, sinkOptions), args);
    expect(outcome.code).toBe(3);
    expect(leaks(outcome)).toEqual([]);
    // It did say something: what is masked, and the errors that were provoked.
    const said = outcome.texts.get('stderr') ?? '';
    expect(said).toContain('***');
    const { errors } = JSON.parse(outcome.texts.get('out/products.json') ?? '') as { errors: { error: string }[] };
    expect(new Set(errors.map(({ error }) => error))).toEqual(
      new Set([
        'http_401',
        'http_404',
        'cross_origin',
        'redirect_refused',
        'malformed_json',
        'unexpected_content_type',
        'source_failed',
        'invalid_record',
        'sink_failed',
      ]),
    );
  });

  test('in a recording of all that was said', async () => {
    const args = ['--log-level', 'debug', '--record', 'recorded'];
    const outcome = await run(config(troubled, sinkOptions), args);
    expect(outcome.code).toBe(3);
    expect([...outcome.texts.keys()].filter((name) => name.startsWith('recorded/')).length).toBeGreaterThan(
      troubled.length,
    );
    expect(leaks(outcome)).toEqual([]);
    const bodies = Array.from(outcome.texts, ([, text]) =>
      Array.from(text.matchAll(/"base64": "([^"]*)"/g), ([, body = '']) =>
        Buffer.from(body, 'base64').toString('latin1'),
      ),
    ).flat();
    expect(bodies.length).toBeGreaterThan(0);
    expect(leaks({ code: 0, texts: new Map([['bodies', bodies.join('\n')]]) })).toEqual([]);
  });

  test('when all goes well', async () => {
    const outcome = await run(config(['well'], { ...sinkOptions, well: true }), ['--log-level', 'debug']);
    expect(outcome.code).toBe(0);
    expect(leaks(outcome)).toEqual([]);
  });

  test('when the config is refused', async () => {
    const broken = {
      sources: [{ use: './${HEADER}.mjs', headers: { authorization: '${HEADER}', 'b c': '${API_KEY}' } }],
      sinks: [{ use: 'json-file', path: 5, '${COOKIE}': '${COOKIE}' }, '${SINK_URL}'],
      deadlineMs: '${file:secrets/token}',
      workers: '${QUOTES}',
    };
    const outcome = await run(broken, ['--log-level', 'debug']);
    expect(outcome.code).toBe(2);
    expect(leaks(outcome)).toEqual([]);
    expect(outcome.texts.get('stderr')).toContain('***');
  });

  test('when a secret stands in the config in clear: that is warned of', async () => {
    const inClear = secretOf('clear');
    const outcome = await run(config(['well'], { well: true, password: inClear }), []);
    expect(outcome.code).toBe(0);
    expect(leaks(outcome, { inClear })).toEqual([]);
    expect(outcome.texts.get('stderr')).toMatch(/sinks\[0\]\.password holds a secret in clear/);
  });

  test.each([[['--log-level', 'debug']], [['--json']]])(
    'when a plugin ends the process with an error, %j',
    async (args) => {
      const outcome = await run(config(['well'], { ...sinkOptions, well: true, crash: '${CRASH}' }), args);
      expect(outcome.code).toBe(1);
      expect(leaks(outcome)).toEqual([]);
      expect(outcome.texts.get('stderr')).toContain('crashed: ***');
    },
  );
});
