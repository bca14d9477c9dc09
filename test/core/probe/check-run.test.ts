import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { SinkPlugin } from '../../../core/contracts/sink.ts';
import { bearer } from '../../../core/auth/declare.ts';
import type { EngineContext } from '../../../core/engine/engine-plugin.ts';
import { SluiceError } from '../../../core/errors.ts';
import { checkRun, configFindings } from '../../../core/probe/check-run.ts';
import { resolveConfig } from '../../../core/config/resolve.ts';
import { takeLock } from '../../../core/state/lock.ts';
import { drive, listed, page, probed } from '../../support/probe-upstream.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const never = new AbortController().signal;
const good = { shop: (request: Parameters<typeof page>[0]) => page(request, 194) };

async function check(...given: Parameters<typeof probed>) {
  const { config, services, clock, asked } = await probed(...given);
  const result = await drive(clock, checkRun(config, services, never), 10);
  const about = (name: string) => result.findings.find((finding) => finding.name.endsWith(name));
  return { ...result, about, asked };
}

describe('checking a run', () => {
  test('finds nothing wrong with what works, asks each source once, and leaves nothing behind', async () => {
    const folder = await temporaryFolder();
    const sinks = [{ use: 'json-file', path: 'deep/out.json' }, { use: 'ndjson' }, 'stdout'];
    const { ok, findings, asked } = await check([listed('shop')], good, { sinks, state: {} }, folder);
    expect(ok).toBe(true);
    expect(findings.map(({ what, name }) => `${what} ${name.replace(folder, '')}`)).toEqual([
      'config the config',
      'state /.pipeline',
      'source shop',
      'sink json-file',
      'sink ndjson',
      'sink stdout',
    ]);
    expect(findings[2]?.message).toBe('answered in 50 ms: 20 items, 20 records');
    expect(asked).toHaveLength(1);
    expect(await readdir(folder)).toEqual([]);
  });

  test('does not wait out a long pause that the upstream asks for', async () => {
    const busy = () => new Response(null, { status: 429, headers: { 'retry-after': '240' } });
    const { about, asked } = await check([listed('shop')], { shop: busy });
    expect(about('shop')).toMatchObject({
      ok: false,
      code: 'rate_limited',
      message: 'the upstream asked not to be asked again for 240 s from now',
    });
    expect(asked).toHaveLength(1);
  });

  test('waits out a short one, as a run does', async () => {
    let asked = 0;
    const busy = (request: Parameters<typeof page>[0]) =>
      asked++ === 0 ? new Response(null, { status: 429, headers: { 'retry-after': '3' } }) : page(request, 194);
    const { about } = await check([listed('shop')], { shop: busy });
    expect(about('shop')).toMatchObject({ ok: true });
  });

  test('does not ask at all within a long pause that an earlier run was asked for', async () => {
    const folder = await temporaryFolder();
    const busy = () => new Response(null, { status: 429, headers: { 'retry-after': '240' } });
    await mkdir(join(folder, '.pipeline'));
    await check([listed('shop')], { shop: busy }, { state: {} }, folder);
    const { about, asked } = await check([listed('shop')], good, { state: {} }, folder);
    expect(about('shop')).toMatchObject({ ok: false, code: 'rate_limited' });
    expect(asked).toEqual([]);
  });

  test('asks the engine whether its server can be used', async () => {
    const away = new SluiceError('redis_unavailable', 'Redis at nowhere:1 does not answer');
    const engineOf = (runs: () => Promise<readonly []>, more: object = {}) => {
      const own = { name: 'own', coordinate: () => Promise.reject(away), work: () => Promise.resolve(), runs };
      return { use: { ...own, ...more } };
    };
    const config = { sinks: ['stdout'] };
    const fine = await check([listed('shop')], good, { ...config, engine: engineOf(async () => []) });
    expect([fine.ok, fine.about('own')]).toMatchObject([true, { what: 'engine', message: 'can be used' }]);
    const dead = await check([listed('shop')], good, { ...config, engine: engineOf(() => Promise.reject(away)) });
    expect([dead.ok, dead.about('own')]).toMatchObject([false, { code: 'redis_unavailable', message: away.message }]);
    const checked: unknown[] = [];
    const own = ({ config: { sinks } }: EngineContext) => {
      checked.push(sinks.map(({ name }) => name));
      return Promise.reject(new SluiceError('config_invalid', 'the sink can not be spread'));
    };
    const engine = engineOf(async () => [], { check: own });
    const refused = await check([listed('shop')], good, { ...config, engine });
    expect([refused.ok, refused.about('own')]).toMatchObject([false, { message: 'the sink can not be spread' }]);
    expect(checked).toEqual([['stdout']]);
  });

  test('tells all problems at once', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'taken'));
    const broken: SinkPlugin = { name: 'broken', open: () => Promise.reject(new Error('no such table')) };
    const { ok, about } = await check(
      [listed('dead'), listed('shop'), listed('odd')],
      { ...good, odd: () => ({ data: [] }) },
      { sinks: [{ use: 'json-file', path: 'taken' }, broken] },
      folder,
    );
    expect(ok).toBe(false);
    expect(about('dead')).toMatchObject({
      code: 'network_error',
      hint: expect.stringContaining('http://dead.test') as string,
    });
    expect(about('shop')).toMatchObject({ ok: true });
    expect(about('odd')).toMatchObject({
      code: 'unexpected_shape',
      hint: expect.stringContaining('items()') as string,
    });
    expect(about('json-file')).toMatchObject({
      code: 'sink_failed',
      message: expect.stringContaining('is a folder') as string,
    });
    expect(about('broken')).toMatchObject({
      code: 'sink_failed',
      message: expect.stringContaining('no such table') as string,
    });
  });

  test('tells refused credentials from missing ones', async () => {
    const headers = { 'x-api-key': 'a-long-wrong-key' };
    const { about } = await check(
      [{ use: listed('wrong'), headers }, listed('none'), { use: listed('weak'), headers }],
      { wrong: () => 401, none: () => 401, weak: () => 403 },
    );
    expect(about('wrong')).toMatchObject({
      code: 'http_401',
      hint: expect.stringContaining('does not know the credentials') as string,
    });
    expect(about('none')).toMatchObject({ code: 'http_401', hint: expect.stringContaining('none are sent') as string });
    expect(about('weak')).toMatchObject({
      code: 'http_403',
      hint: expect.stringContaining('does not let it read') as string,
    });
    expect(JSON.stringify(about('wrong'))).not.toContain('a-long-wrong-key');
  });

  test('knows that the auth of a source is credentials', async () => {
    const { about } = await check([{ use: listed('shop'), auth: bearer('a-long-wrong-token') }], { shop: () => 401 });
    const { message, hint } = about('shop') ?? {};
    expect(hint).toContain('does not know the credentials');
    expect(`${message} ${hint}`).not.toContain('a-long-wrong-token');
  });

  test('takes a page of which every item is rejected for a problem, one of which some are for none', async () => {
    const { about } = await check([listed('none'), listed('some')], {
      none: () => ({
        items: [
          { id: 1, cents: 1 },
          { id: 2, cents: 1 },
        ],
        total: 2,
      }),
      some: () => ({
        items: [
          { id: 1, cents: 1 },
          { id: 2, cents: 1, name: 'Two' },
        ],
        total: 2,
      }),
    });
    expect(about('none')).toMatchObject({
      ok: false,
      code: 'invalid_record',
      message: expect.stringContaining('missing_title') as string,
    });
    expect(about('some')).toMatchObject({
      ok: true,
      message: expect.stringContaining('1 records, 1 rejected') as string,
    });
  });

  test('never touches an output that is there', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'out.json'), 'precious');
    const { ok } = await check([listed('shop')], good, { sinks: [{ use: 'json-file', path: 'out.json' }] }, folder);
    expect(ok).toBe(true);
    expect(await readFile(join(folder, 'out.json'), 'utf8')).toBe('precious');
    expect(await readdir(folder)).toEqual(['out.json']);
  });

  test.runIf(process.platform === 'linux')('finds a folder that can’t be written', async () => {
    const change = {
      sinks: [{ use: 'ndjson', path: '/proc/sluice/out.ndjson' }],
      state: { dir: '/proc/sluice/state' },
    };
    const { ok, about } = await check([listed('shop')], good, change);
    expect(ok).toBe(false);
    expect(about('ndjson')).toMatchObject({
      ok: false,
      code: 'sink_failed',
      message: expect.stringContaining('checking whether /proc/sluice/out.ndjson can be written') as string,
    });
    expect(about('/proc/sluice/state')).toMatchObject({ ok: false, code: 'state_failed' });
  });

  test('opens and aborts a sink that has no check of its own, and gives up on one that hangs', async () => {
    const calls: string[] = [];
    const plain: SinkPlugin = {
      name: 'plain',
      async open({ resumable }) {
        calls.push(`open ${resumable}`);
        return {
          write: async () => void calls.push('write'),
          commit: async () => null,
          close: async () => void calls.push('close'),
          abort: async () => void calls.push('abort'),
        };
      },
    };
    const hangs: SinkPlugin = { name: 'hangs', open: () => new Promise(() => {}) };
    const { about } = await check([listed('shop')], good, { sinks: [plain, { use: hangs, timeoutMs: 700 }] });
    expect(calls).toEqual(['open false', 'abort']);
    expect(about('hangs')).toMatchObject({ ok: false, message: 'it did not open within 700 ms' });
  });

  test('says that a run is under way, and still looks at the sinks', async () => {
    const folder = await temporaryFolder();
    const lock = await takeLock(join(folder, '.pipeline'));
    const { ok, findings } = await check([listed('shop')], good, { state: {} }, folder);
    await lock.release();
    expect(ok).toBe(false);
    expect(findings.filter((finding) => !finding.ok)).toMatchObject([{ what: 'state', code: 'state_locked' }]);
    expect(findings.at(-1)).toMatchObject({ what: 'sink', ok: true });
  });
});

describe('a config that can’t be used', () => {
  test('is a finding for each of its problems', async () => {
    const config = { sources: ['dumyjson'], sinks: [{ use: 'json-file', path: 3 }] };
    const thrown: unknown = await resolveConfig(config, { env: {} }).catch((error: unknown) => error);
    expect(configFindings(thrown)).toMatchObject([
      { what: 'config', name: 'sinks[0].path', ok: false },
      {
        what: 'config',
        name: 'sources[0]',
        code: 'plugin_not_found',
        hint: expect.stringContaining('"dummyjson"') as string,
      },
    ]);
  });
});
