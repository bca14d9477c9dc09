import { appendFile, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { ResolvedSink } from '../../../../../core/config/resolved.ts';
import type { RunEvent } from '../../../../../core/contracts/events.ts';
import type { SinkPosition } from '../../../../../core/contracts/sink.ts';
import { SluiceError } from '../../../../../core/errors.ts';
import { createSinkRunner } from '../../../../../core/run/sink-runner.ts';
import { createNoJournal } from '../../../../../core/state/no-journal.ts';
import { systemClock } from '../../../../../core/system-clock.ts';
import { createCoordinatorSinks } from '../../../../../plugins/engines/bullmq/sinks/coordinator-sinks.ts';
import { partPlace } from '../../../../../plugins/engines/bullmq/sinks/part-place.ts';
import { workerSinks } from '../../../../../plugins/engines/bullmq/sinks/worker-sinks.ts';
import jsonFile from '../../../../../plugins/sinks/json-file/index.ts';
import ndjson from '../../../../../plugins/sinks/ndjson/index.ts';
import { batchOf, records, reportOf, sinkContext } from '../../../../support/sinks.ts';
import { temporaryFolder } from '../../../../support/temporary-folder.ts';

const runId = '20260101T000000000-abcdef';

function sinkOf(plugin: object, options: unknown): ResolvedSink {
  const found = plugin as ResolvedSink['plugin'];
  return { name: found.name, plugin: found, options, timeoutMs: 1000 };
}

/** A coordinator with one sink, and workers in the same folder. */
function stage(baseDir: string, sink: ResolvedSink) {
  const config = { baseDir, sources: [{ name: 'alpha' }, { name: 'beta' }] } as never;
  const run = { config, parts: '.parts', runId };
  const place = partPlace(sink, run);
  const positions = new Map<string, Map<string, SinkPosition>>();
  const events: RunEvent[] = [];
  let written = 0;
  let over = true;
  let lost = false;
  const givenUp = new AbortController();
  const coordinator = createCoordinatorSinks({
    runId,
    sinks: [sink],
    places: new Map(place === undefined ? [] : [[sink.name, place]]),
    emit: (event) => events.push(event),
    createRunner: (own, emit) =>
      createSinkRunner({
        sinks: [own],
        context: sinkContext(baseDir, { runId }),
        clock: systemClock,
        emit,
        journal: createNoJournal(runId),
      }),
    positions: () => Promise.resolve(positions),
    assertMine: () => (lost ? Promise.reject(new SluiceError('state_locked', 'taken over')) : Promise.resolve()),
    givenUp: givenUp.signal,
    isOver: () => over,
    written: () => written,
  });
  // Not every test comes to the end of a run: a file that was begun is let go of.
  onTestFinished(() => coordinator.abort(new SluiceError('interrupted', 'the test is over')));
  return {
    coordinator,
    events,
    notOver: () => void (over = false),
    lose: () => void (lost = true),
    giveUp: () => givenUp.abort(new SluiceError('redis_unavailable', 'away')),
    /** A session that takes records, commits, and has that acknowledged. */
    session: async (name: string, from: number, to: number, source = 'alpha') => {
      const [own] = workerSinks([sink], run, name);
      const writer = await own?.plugin.open(sinkContext(baseDir, { runId }), own.options);
      await writer?.write({ ...batchOf(...records(from, to)), source });
      const position = await writer?.commit();
      positions.set(name, new Map([[sink.name, position ?? null]]));
      written += to - from;
      return writer;
    },
  };
}

async function manifestOf(folder: string): Promise<{ records: number; parts: { file: string; records: number }[] }> {
  return JSON.parse(await readFile(join(folder, 'out/products.ndjson.manifest.json'), 'utf8')) as never;
}

const ids = (text: string): string[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as { id: string }).id);

describe('parts of ndjson', () => {
  const sink = sinkOf(ndjson, { path: 'out/products.ndjson' });

  test('are told by a manifest, each cut at what was acknowledged', async () => {
    const folder = await temporaryFolder();
    const { coordinator, session } = stage(folder, sink);
    await coordinator.open();
    const one = await session('one', 0, 3);
    await session('two', 3, 5);
    await session('three', 5, 6, 'beta');
    // Written and durable, and never acknowledged.
    await one?.write(batchOf(...records(100, 103)));
    await one?.commit();
    await coordinator.flush();
    const manifest = await manifestOf(folder);
    expect(manifest.records).toBe(6);
    const texts = await Promise.all(manifest.parts.map(({ file }) => readFile(join(folder, 'out', file), 'utf8')));
    expect(texts.flatMap(ids).toSorted()).toEqual([0, 1, 2, 3, 4, 5].map((n) => `alpha:${n}`));
    expect(await readdir(join(folder, 'out/products.ndjson.parts'))).toHaveLength(3);
  });

  test('of earlier runs go when the new manifest stands, those of later ones stay', async () => {
    const folder = await temporaryFolder();
    const { coordinator, session } = stage(folder, sink);
    await coordinator.open();
    await session('one', 0, 3);
    const parts = join(folder, 'out/products.ndjson.parts');
    await writeFile(join(parts, '20250101T000000000-abcdef.old.alpha.ndjson'), '');
    await writeFile(join(parts, '20270101T000000000-abcdef.new.alpha.ndjson'), '');
    await coordinator.flush();
    expect(await readdir(parts)).toEqual([`${runId}.one.alpha.ndjson`, '20270101T000000000-abcdef.new.alpha.ndjson']);
  });

  test('are not touched while a session may go on writing to them', async () => {
    const folder = await temporaryFolder();
    const { coordinator, session, notOver } = stage(folder, sink);
    await coordinator.open();
    const one = await session('one', 0, 3);
    await one?.write(batchOf(...records(3, 4)));
    await one?.commit();
    notOver();
    await coordinator.flush();
    expect((await manifestOf(folder)).records).toBe(3);
    expect(
      ids(await readFile(join(folder, `out/products.ndjson.parts/${runId}.one.alpha.ndjson`), 'utf8')),
    ).toHaveLength(4);
  });

  test('that are shorter than what was acknowledged fail the sink, with all its records unwritten', async () => {
    const folder = await temporaryFolder();
    const { coordinator, session, events } = stage(folder, sink);
    await coordinator.open();
    await session('one', 0, 3);
    await truncate(join(folder, `out/products.ndjson.parts/${runId}.one.alpha.ndjson`), 10);
    await coordinator.flush();
    expect(events).toMatchObject([{ type: 'sink-failed', sink: 'ndjson', unwritten: 3, revoked: 3 }]);
    expect(events[0]).toHaveProperty('error.message', expect.stringMatching(/one\.alpha\.ndjson.*it has 10 of its/));
  });

  test('that the coordinator does not see are named, with where they were written', async () => {
    const folder = await temporaryFolder();
    const { coordinator, session, events } = stage(folder, sink);
    await coordinator.open();
    await session('one', 0, 3);
    await rm(join(folder, 'out/products.ndjson.parts'), { recursive: true });
    await coordinator.flush();
    expect(events[0]).toHaveProperty(
      'error.message',
      expect.stringMatching(/one\.alpha\.ndjson, written on .*a folder that they share/),
    );
  });
});

describe('a worker that does not see the coordinator’s folder', () => {
  test('is told at its start', async () => {
    const sink = sinkOf(ndjson, { path: 'out/products.ndjson' });
    await expect(stage(await temporaryFolder(), sink).session('one', 0, 1)).rejects.toThrow(
      /does not see the folder .*products\.ndjson\.parts/,
    );
  });
});

describe('a document that is assembled', () => {
  const sink = sinkOf(jsonFile, { path: 'out/products.json' });

  test('holds what was acknowledged, once', async () => {
    const folder = await temporaryFolder();
    const { coordinator, session, events } = stage(folder, sink);
    await coordinator.open();
    await session('one', 0, 3);
    const two = await session('two', 3, 2000);
    await two?.write(batchOf(...records(5000, 5001)));
    await two?.commit();
    await coordinator.flush();
    await coordinator.close(reportOf());
    const { products } = JSON.parse(await readFile(join(folder, 'out/products.json'), 'utf8')) as {
      products: { id: string }[];
    };
    expect(products).toHaveLength(2000);
    expect(new Set(products.map(({ id }) => id)).size).toBe(2000);
    expect(events).toEqual([]);
  });

  test('is left alone by a coordinator that has lost the run to another', async () => {
    const folder = await temporaryFolder();
    const { coordinator, session, lose } = stage(folder, sink);
    await coordinator.open();
    await session('one', 0, 3);
    const before = await readdir(join(folder, 'out'));
    lose();
    const thrown: unknown = await coordinator.flush().catch((error: unknown) => error);
    expect(thrown).toMatchObject({ code: 'state_locked' });
    await coordinator.abort(thrown as SluiceError);
    expect([before.length, await readdir(join(folder, 'out'))]).toEqual([1, before]);
  });

  test('does not appear where Redis, whose the run is, is not waited for any more', async () => {
    const folder = await temporaryFolder();
    const { coordinator, session, giveUp, lose } = stage(folder, sink);
    await coordinator.open();
    await session('one', 0, 3);
    await coordinator.flush();
    giveUp();
    lose();
    await coordinator.close(reportOf());
    expect(await readdir(join(folder, 'out'))).toEqual([]);
  });

  test('does not appear where a part has changed', async () => {
    const folder = await temporaryFolder();
    const { coordinator, session, events } = stage(folder, sink);
    await coordinator.open();
    await session('one', 0, 3);
    const part = join(folder, `.parts/${runId}/json-file/${runId}.one.alpha.ndjson`);
    const text = await readFile(part, 'utf8');
    await writeFile(part, text.replace('Ding 1', 'Dong 1'));
    await appendFile(part, 'more');
    await coordinator.flush();
    await coordinator.close(reportOf());
    expect(events).toMatchObject([{ type: 'sink-failed', unwritten: 3, error: { code: 'sink_failed' } }]);
    expect(await readdir(join(folder, 'out'))).toEqual([]);
  });
});
