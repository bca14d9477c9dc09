import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { chaosConfig, loadChaosConfig, outputFiles } from '../../../cli/chaos/chaos-config.ts';
import { drawKillMoments } from '../../../cli/chaos/kill-moments.ts';
import { startLife } from '../../../cli/chaos/life.ts';
import { undergo } from '../../../cli/chaos/ordeal.ts';
import { removeOutputs } from '../../../cli/chaos/outputs.ts';
import { startChaosUpstreams } from '../../../cli/chaos/upstreams.ts';
import { listRuns } from '../../../core/index.ts';
import { readDocument } from '../../support/pipeline.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const entry = new URL('../../../dist/cli/chaos/child.js', import.meta.url);
const source = new URL('with-parts.mjs', import.meta.url).href;
/** 12 pages of things; of parts, one page for each thing, and two where it has more than five. */
const pages = 12 + 120 + 60;
const things = 120;
const parts = 30 * (3 + 6 + 9);
const kills = 10;

test(`delivers things and their parts once each, when it is killed ${kills} times`, { timeout: 180_000 }, async () => {
  const folder = await temporaryFolder();
  const configFile = join(folder, 'pipeline.config.mjs');
  await writeFile(
    configFile,
    `import use from '${source}';
    export default { sources: [{ use, rateLimitMarginMs: 50 }], sinks: ['ndjson'], workers: { threads: 1 } };`,
  );
  const config = await loadChaosConfig(configFile);
  const upstreams = await startChaosUpstreams(config, { errorRate: 0, seed: 1 });
  onTestFinished(() => upstreams.close());
  const out = join(folder, 'out');
  await mkdir(out);
  const ordeal = await undergo({
    upstreams,
    pages,
    folder: out,
    moments: drawKillMoments(kills, 7),
    startLife: (resume) => startLife({ configFile, folder: out, baseUrls: upstreams.baseUrls, resume }, entry),
    newestRun: async () => (await listRuns(chaosConfig(config, { folder: out, baseUrls: upstreams.baseUrls })))[0],
    quietMs: 30_000,
    signal: new AbortController().signal,
    async judge() {
      const text = await readFile(join(out, outputFiles.ndjson), 'utf8');
      const ids = text
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as { id: string }).id);
      expect(ids).toHaveLength(things + parts);
      expect(new Set(ids).size).toBe(things + parts);
      expect(ids.filter((id) => id.startsWith('things:parts/'))).toHaveLength(parts);
      const { summary, errors } = readDocument(join(out, outputFiles['json-file']));
      expect(errors).toEqual([]);
      expect(summary).toMatchObject({ total_products: things + parts, partial: false });
      // For the next run, where one has no room for all kills.
      await removeOutputs(out);
      return undefined;
    },
  });
  expect(ordeal).toMatchObject({ problem: undefined });
  expect(ordeal.kills).toBeGreaterThan(0);
  // Whatever was under way at a kill is asked for again, and nothing else.
  expect(upstreams.asked.size).toBe(pages);
});
