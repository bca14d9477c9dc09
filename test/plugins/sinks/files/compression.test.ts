import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as zlib from 'node:zlib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import ndjson from '../../../../plugins/sinks/ndjson/index.ts';
import { batchOf, kill, records, reportOf, sinkContext } from '../../../support/sinks.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

/** What Node has, and what a test puts in its place: the frames of a zstd that is none, but has their boundaries. */
const zstd = vi.hoisted(() => ({ compress: undefined as unknown }));
vi.mock('node:zlib', async (load) => {
  const real = await load<typeof zlib>();
  return {
    ...real,
    get zstdCompress() {
      return zstd.compress;
    },
  };
});
afterEach(() => void (zstd.compress = undefined));

const options = { path: 'out.ndjson.gz', compress: 'gzip' } as const;
const text = (...batches: { ndjson: Uint8Array }[]): string =>
  batches.map(({ ndjson: bytes }) => new TextDecoder().decode(bytes)).join('');
const unzipped = async (folder: string): Promise<string> =>
  zlib.gunzipSync(await readFile(join(folder, 'out.ndjson.gz'))).toString();

describe('a compressed file', () => {
  it('is whole for any reader of gzip, smaller than what it holds, and ends a member at each commit', async () => {
    const folder = await temporaryFolder();
    const context = sinkContext(folder, { resumable: true });
    const sink = await ndjson.open(context, options);
    const pages = [batchOf(...records(0, 500)), batchOf(...records(500, 900)), batchOf({ id: 'x'.repeat(3_000_000) })];
    const ends: number[] = [];
    for (const page of pages) {
      await sink.write(page);
      ends.push(((await sink.commit()) as { bytes: number }).bytes);
    }
    await sink.close(reportOf());
    const bytes = await readFile(join(folder, 'out.ndjson.gz'));
    expect(zlib.gunzipSync(bytes).toString()).toBe(text(...pages));
    expect(bytes.byteLength).toBeLessThan(text(...pages).length / 5);
    expect(zlib.gunzipSync(bytes.subarray(0, ends[0])).toString()).toBe(text(...pages.slice(0, 1)));
    expect(zlib.gunzipSync(bytes.subarray(ends[0], ends[1])).toString()).toBe(text(...pages.slice(1, 2)));
  });

  it('goes on at a commit after a kill, without loss or doubles', async () => {
    const folder = await temporaryFolder();
    const context = sinkContext(folder, { resumable: true });
    const killed = await ndjson.open(context, options);
    await killed.write(batchOf(...records(0, 2)));
    const position = await killed.commit();
    await killed.write(batchOf(...records(2, 4)));
    await killed.commit();
    await kill(killed, join(folder, '.out.ndjson.gz.run1.tmp'));

    const resumed = await ndjson.open(context, options, position);
    await resumed.write(batchOf(...records(2, 4)));
    await resumed.close(reportOf());
    expect(await unzipped(folder)).toBe(text(batchOf(...records(0, 4))));
  });

  it('is a valid file where no record came', async () => {
    const folder = await temporaryFolder();
    const sink = await ndjson.open(sinkContext(folder), options);
    await sink.close(reportOf());
    expect((await readFile(join(folder, 'out.ndjson.gz'))).byteLength).toBeGreaterThan(0);
    expect(await unzipped(folder)).toBe('');
  });

  it('has a name that says so', () => {
    const validate = (value: unknown) => ndjson.options?.['~standard'].validate(value);
    expect(validate({ compress: 'gzip' })).toMatchObject({ value: { path: 'out/products.ndjson.gz' } });
    expect(validate({ compress: 'gzip', path: 'a.gz' })).toMatchObject({ value: { path: 'a.gz' } });
    expect(validate({ compress: 'lzma' })).toHaveProperty('issues');
  });

  it('is refused where this Node has no zstd, with what has', () => {
    const checked = ndjson.options?.['~standard'].validate({ compress: 'zstd' });
    const message = `this Node, ${process.version}, has no zstd: it came with 22.15; "gzip" works everywhere`;
    expect(checked).toMatchObject({ issues: [{ message, path: ['compress'] }] });
  });

  it('is made by the zstd of this Node where it has one', async () => {
    const frames: string[] = [];
    zstd.compress = (bytes: Uint8Array, done: (error: null, frame: Uint8Array) => void) => {
      const frame = `<${new TextDecoder().decode(bytes)}>`;
      frames.push(frame);
      done(null, new TextEncoder().encode(frame));
    };
    const checked = await ndjson.options?.['~standard'].validate({ path: 'out', compress: 'zstd' });
    expect(checked).toMatchObject({ value: { path: 'out.zst' } });
    const folder = await temporaryFolder();
    const sink = await ndjson.open(sinkContext(folder), { path: 'out.zst', compress: 'zstd' });
    await sink.write(batchOf(...records(0, 2)));
    await sink.commit();
    await sink.write(batchOf(...records(2, 3)));
    await sink.close(reportOf());
    expect(frames).toHaveLength(2);
    expect(await readFile(join(folder, 'out.zst'), 'utf8')).toBe(frames.join(''));
  });
});
