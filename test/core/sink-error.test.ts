import { open } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { SluiceError } from '../../core/errors.ts';
import { sinkError } from '../../core/sink-error.ts';

describe('sinkError', () => {
  it("says a failure of the system in the system's words", () => {
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', errno: -28 });
    const error = sinkError(full, 'writing /data/out.json');
    expect(error).toMatchObject({
      code: 'sink_failed',
      message: 'no space left on device while writing /data/out.json',
      cause: full,
    });
  });

  it('does so for a real one', async () => {
    const failure: unknown = await open('/no/such/folder/file').catch((error: unknown) => error);
    expect(sinkError(failure, 'opening it').message).toBe('no such file or directory while opening it');
  });

  it('keeps the message of anything else', () => {
    expect(sinkError(new Error('duplicate key'), 'writing').message).toBe('writing failed: duplicate key');
    expect(sinkError('text', 'writing').message).toBe('writing failed: text');
  });

  it('keeps a sink_failed and a reader_gone as they are and changes the code of others', () => {
    const own = new SluiceError('sink_failed', 'own words');
    expect(sinkError(own, 'writing')).toBe(own);
    const gone = new SluiceError('reader_gone', 'nobody reads');
    expect(sinkError(gone, 'writing')).toBe(gone);
    const other = new SluiceError('http_500', 'no', { status: 500 });
    expect(sinkError(other, 'writing')).toMatchObject({
      code: 'sink_failed',
      message: 'no',
      status: 500,
      cause: other,
    });
  });
});
