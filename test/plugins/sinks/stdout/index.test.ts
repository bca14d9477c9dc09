import { spawn } from 'node:child_process';
import { Writable } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import { createStdoutSink } from '../../../../plugins/sinks/stdout/index.ts';
import { silentLogger } from '../../../support/silent-logger.ts';
import { batchOf, records, reportOf, sinkContext } from '../../../support/sinks.ts';

const text = (batch: { ndjson: Uint8Array }): string => new TextDecoder().decode(batch.ndjson);

describe('stdout', () => {
  it('prints the lines as they are and never ends the stream', async () => {
    let printed = '';
    const stream = new Writable({
      write(chunk, _encoding, done) {
        printed += String(chunk);
        done();
      },
    });
    const sink = await createStdoutSink(() => stream).open(sinkContext('/'), {});
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
    const sink = await createStdoutSink(() => stream).open(sinkContext('/'), {});
    let taken = false;
    const writing = sink.write(batchOf({ id: 1 })).then(() => (taken = true));
    await new Promise<void>((resolve) => setImmediate(resolve));
    expect(taken).toBe(false);
    readOn?.();
    await writing;
    expect(taken).toBe(true);
  });

  it('ends with reader_gone when the reader goes away, and the process lives on', async () => {
    // `head` closes the pipe while much more is written than a pipe holds.
    const child = spawn('head', ['-c', '10'], { stdio: ['pipe', 'ignore', 'ignore'] });
    const sink = await createStdoutSink(() => child.stdin).open(sinkContext('/'), {});
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
    const sink = await createStdoutSink(() => stream).open(sinkContext('/'), {});
    const cause = Object.assign(new Error(code), { code });
    stream.destroy(cause);
    await new Promise<void>((resolve) => setImmediate(resolve));
    await expect(sink.close(reportOf())).rejects.toMatchObject({ code: 'reader_gone', cause });
  });

  it('fails at the next operation when the stream broke in between', async () => {
    const stream = new Writable({ write: (_chunk, _encoding, done) => done() });
    const sink = await createStdoutSink(() => stream).open(sinkContext('/'), {});
    stream.destroy(Object.assign(new Error('no space'), { errno: -28, code: 'ENOSPC' }));
    await new Promise<void>((resolve) => setImmediate(resolve));
    await expect(sink.write(batchOf({ id: 1 }))).rejects.toThrow('no space left on device while writing to the output');
    await expect(sink.close(reportOf())).rejects.toMatchObject({ code: 'sink_failed' });
  });

  it('warns on a resume that records may come twice, and goes on counting', async () => {
    const warn = vi.fn<(message: string) => void>();
    const stream = new Writable({ write: (_chunk, _encoding, done) => done() });
    const context = sinkContext('/', { logger: { ...silentLogger, warn } });
    const sink = await createStdoutSink(() => stream).open(context, {}, { bytes: 100 });
    expect(warn).toHaveBeenCalledOnce();
    expect(await sink.commit()).toEqual({ bytes: 100 });
  });
});
