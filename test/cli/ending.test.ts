import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type Ending, type EndingProcess, watchEnding } from '../../cli/ending.ts';

/** A process that ends when nothing is left to do, as Node's does. */
class FakeProcess extends EventEmitter implements EndingProcess {
  readonly stdout = pipe();
  readonly stderr = pipe();
  exitCode: number | undefined;
  /** What it ended with; undefined as long as it has not. */
  ended: number | undefined;

  exit(code: number): void {
    this.exitCode = code;
    // Whoever listens may change it.
    this.emit('exit', code);
    this.ended ??= this.exitCode;
  }

  runDry(): void {
    this.emit('beforeExit');
    // What Node does at the first of an await at the top that never ends.
    this.exit(13);
  }
}

/** A pipe whose reader takes nothing until it is read. */
function pipe(): PassThrough {
  return new PassThrough({ highWaterMark: 1 });
}

function read(stream: PassThrough): string {
  return String(stream.read() ?? '');
}

let own: FakeProcess;
let ending: Ending;

beforeEach(() => {
  vi.useFakeTimers();
  own = new FakeProcess();
  ending = watchEnding(false, own);
  return () => vi.useRealTimers();
});

describe('an end that nobody asked for', () => {
  it('is told where nothing is left to wait for, and has the exit code 1', () => {
    own.runDry();
    expect(own.ended).toBe(1);
    expect(read(own.stderr)).toMatch(/^error: the command has not come to its end, .* never settled.*\n$/);
  });

  it('is told as JSON where JSON is asked for', () => {
    own = new FakeProcess();
    watchEnding(true, own);
    own.runDry();
    expect(JSON.parse(read(own.stderr))).toMatchObject({ level: 'error', error: 'internal_error' });
  });

  it('is told where somebody calls process.exit() as if all were well', () => {
    own.exit(0);
    expect(own.ended).toBe(1);
    expect(read(own.stderr)).toMatch(/^error: .* called process\.exit\(\) .*\n$/);
  });

  it('is left alone where it has an exit code of its own', () => {
    own.exit(130);
    expect(own.ended).toBe(130);
    expect(read(own.stderr)).toBe('');
  });
});

describe('finish', () => {
  it('ends as soon as the event loop has nothing left to do', async () => {
    await ending.finish(3);
    vi.advanceTimersByTime(100);
    expect(own.ended).toBeUndefined();
    own.emit('beforeExit');
    expect(own.ended).toBe(3);
    expect(read(own.stderr)).toBe('');
  });

  it('leaves the natural end to those who wait for it', async () => {
    own.on('beforeExit', () => undefined);
    await ending.finish(0);
    own.emit('beforeExit');
    expect(own.ended).toBeUndefined();
  });

  it('ends two seconds later whatever is left open, without a word', async () => {
    await ending.finish(3);
    expect(own.exitCode).toBe(3);
    vi.advanceTimersByTime(1_999);
    expect(own.ended).toBeUndefined();
    vi.advanceTimersByTime(1);
    expect(own.ended).toBe(3);
    expect(read(own.stderr)).toBe('');
  });

  it.each(['stdout', 'stderr'] as const)('waits for a slow reader of %s', async (name) => {
    own[name].write('first');
    own[name].write('second');
    const finished = ending.finish(0);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(own.ended).toBeUndefined();
    own[name].resume();
    await finished;
    vi.advanceTimersByTime(2_000);
    expect(own.ended).toBe(0);
  });

  it('does not wait for a stream that has failed', async () => {
    own.stdout.on('error', () => undefined);
    own.stdout.write('first');
    own.stdout.write('second');
    const finished = ending.finish(0);
    own.stdout.destroy(new Error('gone'));
    await finished;
    vi.advanceTimersByTime(2_000);
    expect(own.ended).toBe(0);
  });
});

describe('breakOff', () => {
  it('ends as soon as the reason is told, with its exit code', async () => {
    await ending.breakOff(Promise.resolve(2));
    expect(own.ended).toBe(2);
    expect(read(own.stderr)).toBe('');
  });

  it('has 1 as its exit code should the process end before it is told', () => {
    void ending.breakOff(new Promise(() => undefined));
    expect(own.exitCode).toBe(1);
  });

  it('waits for a slow reader, but not for long', async () => {
    own.stderr.write('first');
    own.stderr.write('second');
    void ending.breakOff(Promise.resolve(1));
    await vi.advanceTimersByTimeAsync(1_999);
    expect(own.ended).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1);
    expect(own.ended).toBe(1);
  });

  it('has the last word on the exit code, whether the command finishes before or after it', async () => {
    await ending.finish(0);
    void ending.breakOff(new Promise((resolve) => setTimeout(() => resolve(1), 5_000)));
    await ending.finish(0);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(own.ended).toBe(1);
  });
});
