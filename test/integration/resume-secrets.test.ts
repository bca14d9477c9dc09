import type { RequestListener } from 'node:http';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { resolveConfig } from '../../core/config/resolve.ts';
import { createPipeline, type PipelineConfig, type ResumeRequest, type RunResult } from '../../core/index.ts';
import { flatSteps } from '../../core/normalizing/flat-steps.ts';
import type { NormalizeContext, SourcePlugin } from '../../core/plugin.ts';
import { httpServer } from '../support/fault-server.ts';
import { silentLogger } from '../support/silent-logger.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const ofConfig = 'c0nfig+secret/1';
const ofVariable = 'v4riable+secret/2';

/** Reads a variable itself: the config knows nothing of it. Items of the title `bad` are refused as long as it is `strict`. */
function source(baseUrl: string, strict: boolean): SourcePlugin {
  const token = encodeURIComponent(ofVariable);
  return {
    name: 'shop',
    baseUrl,
    rateLimit: { requests: 1000, perMs: 1000 },
    pagination: {
      style: 'custom',
      first: () => [{ key: 'first', url: '/1' }],
      next: (page) => (page.request.key === 'first' ? [{ key: `then ${ofVariable}`, url: `/2?auth=${token}` }] : []),
    },
    items: (body) => body['items'],
    normalizer: {
      module: import.meta.url,
      normalize: (item: { id: number; title: string }) => {
        if (strict && item.title === 'bad') throw new Error(`refused ${JSON.stringify(item)}`);
        return item;
      },
    },
  };
}

async function life(
  folder: string,
  given: SourcePlugin,
  env: Readonly<Record<string, string>>,
  options: { readonly resume?: ResumeRequest; readonly signal?: AbortSignal } = {},
): Promise<RunResult> {
  const config: PipelineConfig = {
    sources: [{ use: given, headers: { authorization: 'Bearer ${TOKEN}' }, retry: { retries: 0 } }],
    sinks: [{ use: 'ndjson', path: 'out.ndjson' }],
    workers: { threads: 0 },
    state: {},
  };
  const resolved = await resolveConfig(config, { baseDir: folder, env });
  const pipeline = await createPipeline(resolved, { logger: silentLogger }, { resume: options.resume });
  return pipeline.run(options.signal === undefined ? {} : { signal: options.signal });
}

/** All that the state folder holds, as text. */
async function stateOf(folder: string): Promise<string> {
  const entries = await readdir(join(folder, '.pipeline'), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return (await Promise.all(files.map((file) => readFile(file, 'utf8')))).join('\n');
}

async function upstream(listener: RequestListener): Promise<string> {
  const server = await httpServer(listener);
  onTestFinished(() => server.close());
  return server.origin;
}

const env = { TOKEN: ofConfig, SHOP_SECRET: ofVariable };

describe('a run that is taken up', () => {
  test('makes its requests with secrets that the journal does not hold', async () => {
    const folder = await temporaryFolder();
    const stop = new AbortController();
    const asked: (string | undefined)[] = [];
    let hangs = true;
    const origin = await upstream((request, response) => {
      asked.push(request.url);
      if (hangs && request.url !== '/1') return stop.abort();
      response.end(JSON.stringify({ items: [{ id: request.url === '/1' ? 1 : 2, title: 'x' }] }));
    });
    const shop = source(origin, true);
    expect((await life(folder, shop, env, { signal: stop.signal })).exitCode).toBe(130);
    const state = await stateOf(folder);
    expect(state).toContain('/2?auth=~~env-SHOP_SECRET-u~~');
    expect(state).not.toMatch(/riable|0nfig/);

    const resume: ResumeRequest = { kind: 'last' };
    await expect(life(folder, shop, { TOKEN: ofConfig }, { resume })).rejects.toMatchObject({
      code: 'run_not_resumable',
      message: expect.stringContaining('needs the environment variable SHOP_SECRET') as string,
    });

    hangs = false;
    asked.length = 0;
    const { report, exitCode } = await life(folder, shop, env, { resume });
    expect({ errors: report.errors, exitCode }).toEqual({ errors: [], exitCode: 0 });
    expect(asked).toEqual([`/2?auth=${encodeURIComponent(ofVariable)}`]);
  });

  test('tries items again as they came, with the secrets in them and what only looks like one', async () => {
    const folder = await temporaryFolder();
    const items = [
      { id: 1, title: 'bad', note: `${ofConfig} ${encodeURIComponent(ofVariable)}`, [ofVariable]: [ofConfig] },
      {
        id: 2,
        title: 'bad',
        image: 'https://img.test/2.png?token=abcdef&sig=0123',
        note: '~~secret-0t~~ ~~env-TOKEN-t~~',
      },
    ];
    const origin = await upstream((request, response) => {
      response.end(JSON.stringify({ items: request.url === '/1' ? items : [] }));
    });
    const seen: unknown[] = [];
    const first = await life(folder, source(origin, true), env);
    const { run_id: runId } = first.report.summary;
    const letters = await stateOf(folder);
    expect(letters).not.toMatch(/riable|0nfig/);
    expect(letters.match(/"raw":/g)).toHaveLength(2);

    const lenient = source(origin, false);
    const [normalize] = flatSteps(lenient.normalizer);
    const watching: SourcePlugin = {
      ...lenient,
      normalizer: {
        normalize: (item: never, context: NormalizeContext) => {
          seen.push(item);
          return typeof normalize === 'function' ? normalize(item, context) : undefined;
        },
      },
    };
    const again = await life(folder, watching, env, { resume: { kind: 'retry-failed', runId } });
    expect(again.exitCode).toBe(0);
    expect(seen).toEqual(items);
    expect(again.report.errors).toEqual([]);
  });
});
