/* oxlint-disable vitest/no-standalone-expect -- each of them is called within the test of its row */
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { expect } from 'vitest';
import { commandRows, type CommandRowOptions, type CommandSeen } from '../command-row.ts';
import type { FaultRow } from '../fault-row.ts';
import { documentOutcomeOf, sinkOutcomeOf } from '../outcome.ts';

function ofFaulty({ document, exitCode, signal, requests }: CommandSeen): string {
  if (document === undefined || exitCode === null)
    return `ended by ${signal ?? `exit ${exitCode}`}, without a document`;
  return documentOutcomeOf(document, exitCode, 'faulty', requests);
}

function ofSink(sink: string): (seen: CommandSeen) => string {
  return ({ document, exitCode, signal }) =>
    document === undefined || exitCode === null
      ? `ended by ${signal ?? `exit ${exitCode}`}, without a document`
      : sinkOutcomeOf({ report: document, exitCode }, sink);
}

const config = { workers: { threads: 1, recordTimeoutMs: 1000 } };

/** A normalizer that does this with the second of three items. */
const atSecond = (
  fault: string,
  misbehave: string,
  reason: string,
  change: Partial<CommandRowOptions> = {},
): CommandRowOptions => ({
  fault,
  expected: `exit 0, complete, 2 records, 1 request, 1 ${reason}`,
  normalize: `(item) => { if (item.id === 2) ${misbehave}; return item; }`,
  config,
  outcome: ofFaulty,
  check: ({ document }) => {
    expect(document?.products.map(({ id }) => id).toSorted()).toEqual([
      'faulty:1',
      'faulty:3',
      'healthy:1',
      'healthy:2',
      'healthy:3',
    ]);
  },
  ...change,
});

/** Faults of plugins that only a thread of its own survives. */
export const workerRows: readonly FaultRow[] = commandRows('workers', [
  atSecond('normalizer loops for ever', 'for (;;);', 'record_timeout'),
  atSecond(
    'normalizer waits for ever',
    'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)',
    'record_timeout',
  ),
  atSecond(
    'normalizer exhausts its heap',
    'for (const held = [];;) held.push(new Array(1e6).fill(0.5))',
    'record_crashed',
    {
      config: { workers: { threads: 1, recordTimeoutMs: 20_000 } },
      alone: true,
    },
  ),
  atSecond(
    'normalizer exhausts memory',
    'for (const held = [];;) held.push(new Uint8Array(9e7).fill(1))',
    'record_crashed',
    {
      config: { workers: { threads: 1, recordTimeoutMs: 20_000 } },
      alone: true,
    },
  ),
  atSecond('normalizer recurses without end', '(function again() { again(); })()', 'normalizer_failed'),
  atSecond('normalizer ends the process', 'process.exit(0)', 'record_crashed'),
  atSecond('normalizer throws later', 'setTimeout(() => { throw new Error("bug in the plugin"); })', 'record_crashed', {
    // The record itself was made: what is thrown later belongs to none.
    expected: 'exit 0, complete, 3 records, 1 request',
    check: ({ document }) => expect(document?.products).toHaveLength(6),
  }),
  atSecond('normalizer prints to stdout', 'process.stdout.write("noise")', '', {
    expected: 'exit 0, complete, 3 records, 1 request',
    check: ({ stderr }) => expect(stderr).toContain('noise'),
  }),
  {
    fault: 'normalizer loops on every item',
    expected: 'exit 0, complete, 0 records, 1 request, 3 record_timeout',
    normalize: '() => { for (;;); }',
    config: { workers: { threads: 1, recordTimeoutMs: 500 } },
    outcome: ofFaulty,
  },
  {
    fault: 'plugin ends the thread when it is loaded',
    expected: 'exit 3, failed, 0 records, 1 request, worker_failed',
    prelude: 'import { isMainThread } from "node:worker_threads"; if (!isMainThread) process.exit(7);',
    config,
    outcome: ofFaulty,
  },
  {
    fault: 'plugin that never loads in a thread, until the deadline',
    expected: 'exit 3, failed, 0 records, 1 request, deadline_exceeded',
    prelude: 'import { isMainThread } from "node:worker_threads"; if (!isMainThread) await new Promise(() => {});',
    config: { workers: { threads: 2 }, deadlineMs: 3000 },
    outcome: ofFaulty,
  },
]);

const mayMount = spawnSync('sh', ['-c', 'unshare -rm mount -t tmpfs none /mnt']).status === 0;
const full = existsSync('/dev/full') ? undefined : 'this system has no /dev/full';
const both = { sinks: [{ use: 'json-file', path: 'out.json' }, 'stdout'] };

/** Faults of the places that a process writes to. */
export const outputRows: readonly FaultRow[] = commandRows('sinks', [
  {
    fault: 'disk full while a file is written (ENOSPC)',
    expected: 'exit 3, failed, 0 written, 503 unwritten, sink_failed',
    items: 500,
    // A file system of 16 KB, of this process alone.
    wrapper: ['unshare', '-rm', 'sh', '-c', 'mkdir small && mount -t tmpfs -o size=16k none small && exec "$@"', 'sh'],
    config: {
      sinks: [
        { use: 'json-file', path: 'out.json' },
        { use: 'ndjson', path: 'small/out.ndjson' },
      ],
    },
    outcome: ofSink('ndjson'),
    check: ({ document }) => {
      expect(document?.products).toHaveLength(503);
      expect(document?.errors[0]?.message).toContain('no space left on device');
    },
    pending: mayMount ? undefined : 'needs a file system of its own, and may mount none here',
  },
  {
    fault: 'file over the size limit (EFBIG)',
    expected: 'exit 1, no file, said why',
    items: 500,
    wrapper: ['sh', '-c', 'ulimit -f 16 && exec "$@"', 'sh'],
    outcome: ({ exitCode, document, stderr }) =>
      [
        `exit ${exitCode}`,
        document === undefined ? 'no file' : 'a file',
        /file too large/.test(stderr) ? 'said why' : 'did not say why',
      ].join(', '),
  },
  {
    fault: 'disk full behind stdout (ENOSPC)',
    expected: 'exit 3, failed, 0 written, 6 unwritten, sink_failed',
    config: both,
    ...intoDevFull(),
    outcome: ofSink('stdout'),
    check: ({ document }) => {
      expect(document?.products).toHaveLength(6);
      expect(document?.errors[0]?.message).toContain('no space left on device');
    },
    pending: full,
  },
  {
    fault: 'the reader of one of two outputs leaves (EPIPE)',
    expected: 'exit 3, failed, 0 written, 6 unwritten, reader_gone',
    config: both,
    stdout: 'pipe',
    during: (child) => void child.stdout?.destroy(),
    outcome: ofSink('stdout'),
    check: ({ document, stderr }) => {
      expect(document?.products).toHaveLength(6);
      expect(stderr).not.toContain('    at ');
    },
  },
  {
    fault: 'the reader of the only output leaves (EPIPE)',
    // What a shell tells of any tool that a closed pipe ends.
    expected: 'exit 141, without a word',
    config: { sinks: ['stdout'] },
    stdout: 'pipe',
    during: (child) => void child.stdout?.destroy(),
    outcome: ({ exitCode, stderr }) => `exit ${exitCode}, ${stderr === '' ? 'without a word' : 'with complaints'}`,
  },
]);

/** The device that is always full, as stdout. */
function intoDevFull(): Pick<CommandRowOptions, 'stdout' | 'during'> {
  if (full !== undefined) return {};
  const stdout = openSync('/dev/full', 'w');
  return { stdout, during: () => closeSync(stdout) };
}
