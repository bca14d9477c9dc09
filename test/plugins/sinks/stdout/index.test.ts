import { spawn } from 'node:child_process';
import { Writable } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import { createStdoutSink } from '../../../../plugins/sinks/stdout/index.ts';
import { silentLogger } from '../../../support/silent-logger.ts';
import { batchOf, records, reportOf, sinkContext } from '../../../support/sinks.ts';

const text = (batch: { ndjson: Uint8Array }): string => new TextDecoder().decode(batch.ndjson);

const auto = { format: 'auto' } as const;

describe('stdout', () => {
  it('prints the lines as they are and never ends the stream', async () => {
    let printed = '';
    const stream = new Writable({
      write(chunk, _encoding, done) {
        printed += String(chunk);
        done();
      },
    });
    const sink = await createStdoutSink(() => stream).open(sinkContext('/'), auto);
    const batch = batchOf(...records(0, 3));
    await sink.write(batch);
    expect(await sink.commit()).toEqual({ bytes: batch.ndjson.byteLength });
    await sink.close(reportOf());
    expect(printed).toBe(text(batch));
    expect(stream.writableEnded).toBe(false);
    expect(stream.listenerCount('error')).toBe(0);
  });

  it('takes a batch only when the reader has taken it', async () => {
    let readOn: (() => void) | undefined;
    const stream = new Writable({ write: (_chunk, _encoding, done) => void (readOn = done) });
    const sink = await createStdoutSink(() => stream).open(sinkContext('/'), auto);
    let taken = false;
    const writing = sink.write(batchOf({ id: 1 }))?.then(() => (taken = true));
    await new Promise<void>((resolve) => setImmediate(resolve));
    expect(taken).toBe(false);
    readOn?.();
    await writing;
    expect(taken).toBe(true);
  });

  it('ends with reader_gone when the reader goes away, and the process lives on', async () => {
    // `head` closes the pipe while much more is written than a pipe holds.
    const child = spawn('head', ['-c', '10'], { stdio: ['pipe', 'ignore', 'ignore'] });
    const sink = await createStdoutSink(() => child.stdin).open(sinkContext('/'), auto);
    const big = batchOf({ text: 'x'.repeat(1_000_000) });
    const writeOn = async (): Promise<void> => {
      for (let round = 0; round < 1000; round++) await sink.write(big);
    };
    const gone = { code: 'reader_gone', message: 'the reader of the output went away' };
    await expect(writeOn()).rejects.toMatchObject(gone);
    await sink.abort();
    await expect(sink.write(big)).rejects.toMatchObject(gone);
  });

  it.each(['EPIPE', 'ECONNRESET'])('takes %s for a reader that has gone, also when it closes', async (code) => {
    const stream = new Writable({ write: (_chunk, _encoding, done) => done() });
    const sink = await createStdoutSink(() => stream).open(sinkContext('/'), auto);
    const cause = Object.assign(new Error(code), { code });
    stream.destroy(cause);
    await new Promise<void>((resolve) => setImmediate(resolve));
    await expect(sink.close(reportOf())).rejects.toMatchObject({ code: 'reader_gone', cause });
  });

  it('fails at the next operation when the stream broke in between', async () => {
    const stream = new Writable({ write: (_chunk, _encoding, done) => done() });
    const sink = await createStdoutSink(() => stream).open(sinkContext('/'), auto);
    stream.destroy(Object.assign(new Error('no space'), { errno: -28, code: 'ENOSPC' }));
    await new Promise<void>((resolve) => setImmediate(resolve));
    await expect(sink.write(batchOf({ id: 1 }))).rejects.toThrow('no space left on device while writing to the output');
    await expect(sink.close(reportOf())).rejects.toMatchObject({ code: 'sink_failed' });
  });

  it('warns on a resume that records may come twice, and goes on counting', async () => {
    const warn = vi.fn<(message: string) => void>();
    const stream = new Writable({ write: (_chunk, _encoding, done) => done() });
    const context = sinkContext('/', { logger: { ...silentLogger, warn } });
    const sink = await createStdoutSink(() => stream).open(context, auto, { bytes: 100 });
    expect(warn).toHaveBeenCalledOnce();
    expect(await sink.commit()).toEqual({ bytes: 100 });
  });

  it.each([
    ['auto', true, 'table'],
    ['auto', false, 'ndjson'],
    ['table', false, 'table'],
    ['ndjson', true, 'ndjson'],
  ] as const)('prints by format "%s", on a terminal: %s, as %s', async (format, isTTY, expected) => {
    let printed = '';
    const stream = new Writable({
      write(chunk, _encoding, done) {
        printed += String(chunk);
        done();
      },
    });
    const model = { name: 'thing', fields: ['title'], jsonSchema: undefined };
    const sink = await createStdoutSink(() => Object.assign(stream, { isTTY })).open(sinkContext('/', { model }), {
      format,
    });
    await sink.write(batchOf(...records(0, 1)));
    await sink.write(batchOf(...records(1, 2)));
    const { bytes } = (await sink.commit()) as { bytes: number };
    expect(bytes).toBe(Buffer.byteLength(printed));
    const table = 'id          title\n──────────  ──────\nalpha:0     Ding 0\nalpha:1     Ding 1\n';
    expect(printed).toBe(expected === 'table' ? table : text(batchOf(...records(0, 2))));
  });

  it('checks its options', () => {
    const validate = (value: unknown) => createStdoutSink(() => new Writable()).options?.['~standard'].validate(value);
    expect(validate({})).toMatchObject({ value: { format: 'auto' } });
    expect(validate({ format: 'xml' })).toHaveProperty('issues');
    expect(validate({ path: 'a' })).toHaveProperty('issues');
  });
});
