import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createPipeline, readRunRecord, type TransportFactory } from '../../../core/index.ts';
import { resolveConfig } from '../../../core/config/resolve.ts';
import { defineSource, singlePage } from '../../../core/plugin.ts';
import { silentLogger } from '../../support/silent-logger.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { httpResponse } from '../../support/http.ts';

const secret = 'correct-horse-battery';

async function runOnce(folder: string) {
  const items = [1, 2, 3, 4, 5].map((id) => ({ id, title: `t${id} ${secret}`, price: id, category: `c-${secret}` }));
  const body = new TextEncoder().encode(JSON.stringify({ items }));
  const transport: TransportFactory = () => ({
    handle: async () => httpResponse({ headers: { 'content-type': 'application/json' }, body }),
    close: async () => undefined,
  });
  const config = await resolveConfig(
    {
      sources: [
        defineSource({
          name: 'shop',
          baseUrl: 'http://shop.test',
          rateLimit: { requests: 50, perMs: 1000 },
          pagination: singlePage({ path: '/products' }),
          items: (page) => (page as { items: object[] }).items,
          normalizer: { normalize: (item: { id: number; title: string; price: number; category: string }) => item },
        }),
      ],
      sinks: [{ use: 'ndjson', path: 'out.ndjson' }],
      workers: { threads: 0 },
      state: { dir: 'state' },
    },
    { baseDir: folder, env: {} },
  );
  const resolved = { ...config, secrets: [secret] };
  const pipeline = await createPipeline(resolved, { logger: silentLogger, transport });
  return { result: await pipeline.run(), config: resolved };
}

describe('the record of a run', () => {
  it('is kept in the folder of the run, whole, for its owner alone and without secrets', async () => {
    const folder = await temporaryFolder();
    const { result, config } = await runOnce(folder);
    const runFolder = join(folder, 'state', 'runs', result.report.summary.run_id);
    expect((await readdir(runFolder)).filter((name) => name.startsWith('report'))).toEqual(['report.json']);
    const text = await readFile(join(runFolder, 'report.json'), 'utf8');
    expect(text).not.toContain(secret);
    expect((await stat(join(runFolder, 'report.json'))).mode & 0o077).toBe(0);
    const record = await readRunRecord(config);
    expect(record.report.summary.total_products).toBe(5);
    expect(record.timeline.sources['shop']?.requests).toMatchObject([{ status: 200, path: '/products' }]);
    expect(record.samples['shop']?.map((each) => (JSON.parse(each) as { id: string }).id)).toEqual([
      'shop:1',
      'shop:2',
      'shop:3',
    ]);
    expect(result.record).toMatchObject({ version: 1, samples: record.samples });
    expect(JSON.stringify(result.record)).not.toContain(secret);
  });

  it('is that of the newest run, or of the run that is named', async () => {
    const folder = await temporaryFolder();
    const first = await runOnce(folder);
    const second = await runOnce(folder);
    const idOf = async (id?: string) => (await readRunRecord(first.config, id)).report.summary.run_id;
    expect(await idOf()).toBe(second.result.report.summary.run_id);
    expect(await idOf(first.result.report.summary.run_id)).toBe(first.result.report.summary.run_id);
    expect(await idOf('last')).toBe(second.result.report.summary.run_id);
    expect(await idOf('previous')).toBe(first.result.report.summary.run_id);
  });

  it('says which run has none, which folder has none, and what is wrong with one', async () => {
    const folder = await temporaryFolder();
    await expect(readRunRecord({ state: undefined })).rejects.toMatchObject({ code: 'run_not_found' });
    const { result, config } = await runOnce(folder);
    const { run_id } = result.report.summary;
    await expect(readRunRecord(config, 'nobody')).rejects.toThrow(
      new RegExp(`^there is no run nobody in .*; the latest are ${run_id}$`),
    );
    await expect(readRunRecord(config, 'previous')).rejects.toThrow(
      /^no run before the last in .* has kept a report: /,
    );
    await expect(readRunRecord(config, '../x')).rejects.toMatchObject({ code: 'config_invalid' });
    const file = join(folder, 'state', 'runs', run_id, 'report.json');
    for (const text of ['{"version":', '{"version":2}', 'null']) {
      await writeFile(file, text);
      await expect(readRunRecord(config)).rejects.toMatchObject({
        code: 'state_failed',
        message: expect.stringContaining('report.json'),
      });
    }
    await rm(file);
    await expect(readRunRecord(config, run_id)).rejects.toThrow(`the run ${run_id} has kept no report`);
  });
});
