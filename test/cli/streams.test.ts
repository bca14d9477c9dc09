import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { guardStreams } from '../../cli/streams.ts';

function guarded(): Record<'stdout' | 'stderr', PassThrough> {
  const streams = { stdout: new PassThrough(), stderr: new PassThrough() };
  // Only `on` is used of them.
  guardStreams(streams as unknown as Pick<NodeJS.Process, 'stdout' | 'stderr'>);
  return streams;
}

const failure = (code: string): Error => Object.assign(new Error(code), { code });

it.each(['EPIPE', 'ECONNRESET'])('lets nothing come of %s on stdout: its reader has gone', (code) => {
  const { stdout } = guarded();
  expect(stdout.emit('error', failure(code))).toBe(true);
});

it('takes EIO for a reader that has gone only on a terminal: elsewhere a disk has failed', () => {
  const { stdout } = guarded();
  const error = failure('EIO');
  expect(() => stdout.emit('error', error)).toThrow(error);
  Object.assign(stdout, { isTTY: true });
  expect(stdout.emit('error', error)).toBe(true);
});

it('throws any other failure of stdout', () => {
  const { stdout } = guarded();
  const full = failure('ENOSPC');
  expect(() => stdout.emit('error', full)).toThrow(full);
});

it('leaves a failure of stdout to the sink that writes there', () => {
  const { stdout } = guarded();
  const heard: unknown[] = [];
  stdout.on('error', (error) => heard.push(error));
  const full = failure('ENOSPC');
  expect(stdout.emit('error', full)).toBe(true);
  expect(heard).toEqual([full]);
});

it('lets nothing come of any failure of stderr', () => {
  const { stderr } = guarded();
  expect(stderr.emit('error', failure('ENOSPC'))).toBe(true);
});
