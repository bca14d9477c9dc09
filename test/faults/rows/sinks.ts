/* oxlint-disable vitest/no-standalone-expect -- each of them is called within the test of its row */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { SinkPlugin, SinkWriter } from '../../../core/plugin.ts';
import { faultServer } from '../../support/fault-server.ts';
import { items, json, numberIn, paging } from '../answers.ts';
import { counted, slice, uncounted } from '../listings.ts';
import { sinkOutcomeOf } from '../outcome.ts';
import { upstreamRows, type UpstreamRowOptions } from '../upstream-row.ts';

const never = (): Promise<never> => new Promise(() => undefined);
const bug = (): never => {
  throw new Error('bug in the sink');
};

/** A sink that takes everything, but for what the change makes of it. */
function sink(change: Partial<SinkWriter>, open?: () => Promise<SinkWriter>): SinkPlugin {
  const done = (): Promise<void> => Promise.resolve();
  const writer = { write: done, commit: () => Promise.resolve(null), close: done, abort: done, ...change };
  return { name: 'faulty', open: open ?? (() => Promise.resolve(writer)) };
}

/** Six records of one source and three of the other go into a sink that fails. */
const failing = (
  fault: string,
  plugin: SinkPlugin,
  written = 0,
  change: Partial<UpstreamRowOptions> = {},
): UpstreamRowOptions => ({
  fault,
  expected: `exit 3, failed, ${written} written, ${9 - written} unwritten, sink_failed`,
  source: counted,
  upstream: paging((offset) => slice(offset, 6)),
  sinks: () => [{ use: plugin, name: 'faulty', timeoutMs: 200 }],
  outcome: (seen) => sinkOutcomeOf(seen, 'faulty'),
  ...change,
});

/** A file that can't be written: its message has these words. */
const badFile = (
  fault: string,
  path: string,
  words: RegExp,
  change: Partial<UpstreamRowOptions> = {},
): UpstreamRowOptions => ({
  ...failing(fault, sink({})),
  sinks: () => [{ use: 'json-file', name: 'faulty', path }],
  check: ({ report }) => expect(report.errors[0]?.message).toMatch(words),
  ...change,
});

/** Even root can't make a file there; without it a file may not be made in a folder without write permission. */
const forbidden = process.getuid?.() === 0 ? '/sys/sluice/out.json' : 'locked/out.json';

export const sinkRows = upstreamRows('sinks', [
  badFile('no permission for the folder', forbidden, /permi|read-only/, {
    upstream: async ({ folder }) => {
      await mkdir(join(folder, 'locked'));
      await chmod(join(folder, 'locked'), 0o555);
      return paging((offset) => slice(offset, 6))();
    },
  }),
  badFile('the file is a folder', '.', /a folder/),
  badFile('the file is a device', '/dev/full', /not a regular file/),
  badFile('the folder is removed mid-run', 'out/products.json', /no such file/, {
    upstream: ({ folder }) =>
      faultServer((socket, head) => {
        const offset = numberIn(head, 'offset');
        if (offset === 2) rmSync(join(folder, 'out'), { recursive: true });
        socket.write(slice(offset, 6));
      }),
    check: ({ folder }) => expect(existsSync(join(folder, 'out'))).toBe(false),
  }),
  badFile('what it has written is removed mid-run', 'out.json', /no such file/, {
    upstream: async ({ folder }) => {
      await writeFile(join(folder, 'out.json'), 'of an earlier run');
      return faultServer((socket, head) => {
        const offset = numberIn(head, 'offset');
        if (offset === 2) for (const name of temporaries(folder)) rmSync(join(folder, name));
        socket.write(slice(offset, 6));
      });
    },
    // What readers find is whole, though it is old.
    check: async ({ folder }) => expect(await readFile(join(folder, 'out.json'), 'utf8')).toBe('of an earlier run'),
  }),
  failing('throws when it is opened', sink({}, bug)),
  failing('throws at a write', sink({ write: bug })),
  failing('rejects a write', sink({ write: () => Promise.reject(new Error('no')) })),
  failing('throws at a commit', sink({ commit: bug })),
  failing('throws at its close', sink({ close: bug }), 9),
  failing('rejects with what is no error', sink({ write: () => Promise.reject('no') })),
  failing('never opens', sink({}, never)),
  failing('never takes a write', sink({ write: never })),
  failing('never commits', sink({ commit: never })),
  failing('never closes', sink({ close: never }), 9),
  failing('never takes a write, and never aborts', sink({ write: never, abort: never })),
  {
    ...failing('the only sink fails', sink({ write: bug })),
    expected: 'exit 1, failed, 0 written, unwritten, sink_failed',
    inMemory: false,
    // How many records were fetched by then is a matter of timing.
    outcome: (seen) => sinkOutcomeOf(seen, 'faulty').replace(/\d+ unwritten/, 'unwritten'),
    check: ({ report, upstream }) => {
      const { errors } = report;
      expect(new Set(errors.map(({ error }) => error))).toEqual(new Set(['sink_failed']));
      expect(upstream.heads.length).toBeLessThanOrEqual(3);
    },
  },
  slowSink(),
]);

const temporaries = (folder: string): string[] => readdirSync(folder).filter((name) => name.endsWith('.tmp'));

/** Forty megabytes for a sink that takes a megabyte in 20 ms, where two may wait. */
function slowSink(): UpstreamRowOptions {
  const pageBytes = 1024 * 1024;
  const description = 'x'.repeat(pageBytes / 2);
  let written = 0;
  let most = 0;
  const slow = sink({
    write: async ({ count }) => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      written += count / 2;
    },
  });
  return {
    fault: 'slow: what waits for it is bounded',
    expected: 'exit 0, complete, 83 written, 0 unwritten',
    source: uncounted,
    alone: true,
    withinMs: 10_000,
    settings: { concurrency: 2 },
    config: { workers: { threads: 0, maxInFlightBytes: 2 * pageBytes } },
    sinks: () => [{ use: slow, name: 'faulty' }],
    upstream: paging((offset, index) => {
      most = Math.max(most, index + 1 - written);
      const page = offset < 80 ? items(offset + 1, offset + 2) : [];
      return json({ items: page.map((item) => ({ ...item, description: description.slice(0, -200) })) });
    }),
    outcome: (seen) => sinkOutcomeOf(seen, 'faulty'),
    // Two wait, and those that were on their way when the second came.
    check: () => expect(most).toBeLessThanOrEqual(5),
  };
}
