import { expect } from 'vitest';
import type { RunReport } from '../../core/contracts/report.ts';
import { deadLetterSink } from '../../core/state/dead-letters.ts';
import { type JournalOutline, journalLines, outlineJournal, replayJournal } from '../../core/state/replay.ts';
import { journalFile, letterFile, listRunIds, runFolder } from '../../core/state/run-folders.ts';
import { settleLetters } from '../../core/state/sort-letters.ts';
import type { FakeDisk } from './fake-disk.ts';
import { hasher } from './fake-run.ts';
import { bytesOf, sinkIds } from './journal-sink.ts';
import { sinkNames } from './journal-life.ts';
import { idsOf } from './journal-upstream.ts';

/** What a journal says of a run, as the next life will find it. */
export interface FoundRun extends JournalOutline {
  /** `source url` of every page that is done. */
  readonly done: ReadonlySet<string>;
}

/** The newest run on a disk; undefined where not even its first line got there. */
export async function findRun(disk: FakeDisk, stateDir: string): Promise<FoundRun | undefined> {
  for (const id of await listRunIds(disk, stateDir)) {
    const path = journalFile(runFolder(stateDir, id));
    const outline = disk.contents(path) && (await outlineJournal(disk, path));
    if (outline !== undefined) return { ...outline, done: await donePages(disk, path, outline.cut) };
  }
  return undefined;
}

async function donePages(disk: FakeDisk, path: string, cut: number): Promise<Set<string>> {
  const added = new Map<string, string[]>();
  const done = new Set<string>();
  for await (const line of journalLines(disk, path)) {
    if (line.type !== 'epoch' || line.epoch > cut) continue;
    for (const [source, epoch] of Object.entries(line.sources)) {
      const urls = added.get(source) ?? [];
      added.set(source, urls);
      for (const entry of epoch.added ?? []) urls.push(pathOf('extra' in entry ? entry.extra.url : entry.url));
      for (const ordinal of epoch.done ?? []) done.add(`${source} ${urls[ordinal]}`);
    }
  }
  return done;
}

const pathOf = (url: string): string => {
  const { pathname, search } = new URL(url, 'https://any.test');
  return pathname + search;
};

/**
 * Holds what is on a disk against what the journal says is done: each sink has, up to its position, the records of those
 * pages and no others, each once; the dead letters are those that are counted; every item is somewhere.
 */
export async function expectConsistent(disk: FakeDisk, stateDir: string, run: FoundRun): Promise<void> {
  const { cut, positions, done } = run;
  const folder = runFolder(stateDir, run.run.id);
  const { sources } = await replayJournal({
    disk,
    path: journalFile(folder),
    cut,
    baseUrls: new Map(run.run.sources.map((name) => [name, `https://${name}.test`])),
    hash: hasher.text,
    show: (request) => request,
  });
  const figures = [...sources.values()].map((source) => source.figures);
  const sum = (count: (one: (typeof figures)[number]) => number): number =>
    figures.reduce((all, f) => all + count(f), 0);
  expect(sum((f) => f.read)).toBe(sum((f) => f.records + f.rejected + f.duplicates));

  const pages = [...done].map((page) => page.split(' ') as [string, string]);
  const atLeast = new Set(pages.flatMap(([source, url]) => idsOf(source, url)));
  const atMost = new Set(pages.flatMap(([source, url]) => idsOf(source, url, true)));
  for (const name of sinkNames) {
    const ids = sinkIds(name, run.run.id, disk, bytesOf(positions.get(name)));
    expect(ids).toHaveLength(new Set(ids).size);
    expect(ids).toHaveLength(sum((f) => f.records));
    expect([...atLeast].filter((id) => !ids.includes(id))).toEqual([]);
    expect(ids.filter((id) => !atMost.has(id))).toEqual([]);
  }

  // As the next life does first.
  if (run.life?.sorted === true) await settleLetters(disk, folder, run.life.life);
  const letters = (disk.contents(letterFile(folder)) ?? Buffer.alloc(0))
    .subarray(0, bytesOf(positions.get(deadLetterSink)))
    .toString();
  expect(letters).toMatch(/^$|\n$/);
  const kinds = letters
    .split('\n')
    .slice(0, -1)
    .map((line) => (JSON.parse(line) as { kind: string }).kind);
  expect(kinds.filter((kind) => kind === 'record')).toHaveLength(sum((f) => f.rejected));
}

/** What of a report does not hang on how often the run was taken up. */
export function figuresOf({ summary, errors, metrics, monitoring }: RunReport): object {
  const pick = <T, R>(all: Readonly<Record<string, T>>, change: (one: T) => R): Record<string, R> =>
    Object.fromEntries(Object.entries(all).map(([name, one]) => [name, change(one)]));
  return {
    records: summary.total_products,
    partial: summary.partial,
    success: summary.success_rate,
    errors: errors.map(({ endpoint, error, reason, count }) => [endpoint, error, reason, count].join(' ')).toSorted(),
    metrics,
    sources: pick(monitoring.sources, ({ state, pages, records, items }) => ({ state, pages, records, items })),
    sinks: pick(monitoring.sinks, ({ state, reconciliation }) => ({ state, reconciliation })),
    letters: [monitoring.dead_letters.kept, monitoring.dead_letters.omitted],
  };
}
