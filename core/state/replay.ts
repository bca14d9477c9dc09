import type { PendingRequest, SourceFigures, TotalsState } from '../contracts/journal.ts';
import type { PageRequest } from '../contracts/page.ts';
import type { SinkPosition } from '../contracts/sink.ts';
import { SluiceError } from '../errors.ts';
import { createIdSet, type IdSet } from '../run/id-set.ts';
import { requestHashes, resolveUrl } from '../run/worklist.ts';
import { deadLetterSink } from './dead-letters.ts';
import type { Disk } from './disk.ts';
import { addFigures, noFigures, readFigures, subtractFigures } from './figures.ts';
import { readHashes } from './hashes.ts';
import { readLines } from './line-log.ts';
import {
  type EndLine,
  type JournalLine,
  journalVersion,
  type LifeLine,
  type RunLine,
  type SourceEpoch,
} from './lines.ts';

/** What a journal says without going into its epochs. */
export interface JournalOutline {
  readonly run: RunLine;
  /** The last life that began after the first. */
  readonly life: LifeLine | undefined;
  readonly end: EndLine | undefined;
  /** The last epoch that every sink has committed: the run goes on behind it. 0 where there is none. */
  readonly cut: number;
  /** Where each sink, and the dead letters, stood at the end of that epoch; at epoch 0 where it began. */
  readonly positions: ReadonlyMap<string, SinkPosition>;
}

/** What is kept of one source. */
export interface ReplayedSource {
  added: number;
  addedOfChildren: number;
  capped: boolean;
  last: PageRequest | undefined;
  readonly pending: Map<number, PendingRequest>;
  readonly seen: IdSet;
  readonly ids: IdSet;
  readonly pages: IdSet;
  readonly keys: Map<string, IdSet>;
  delivered: number;
  skipped: number;
  refused: SourceEpoch['refused'];
  /** Items of the last retry that have been driven again. */
  redriven: number;
  totals: TotalsState;
  readonly figures: SourceFigures;
}

/** A run as it stood at the end of an epoch. */
export interface ReplayedRun {
  readonly sources: ReadonlyMap<string, ReplayedSource>;
  readonly elapsedMs: number;
  /** Life in which the last retry began; undefined where there was none. */
  readonly retryLife: number | undefined;
}

/** The lines of a journal, in order. Throws `journal_corrupt` for one that is damaged before its end. */
export async function* journalLines(disk: Disk, path: string): AsyncIterable<JournalLine> {
  // Only this program writes journals, and each line has its checksum.
  for await (const { value } of readLines(disk, path)) yield value as JournalLine;
}

/**
 * Reads how far a run has got; undefined where not even its first line is there. Throws `journal_corrupt`, and
 * `run_not_resumable` for a journal of another version.
 */
export async function outlineJournal(disk: Disk, path: string): Promise<JournalOutline | undefined> {
  let run: RunLine | undefined;
  let life: LifeLine | undefined;
  let end: EndLine | undefined;
  const latest = new Map<string, number>();
  for await (const line of journalLines(disk, path)) {
    if (line.type === 'run') run = line;
    else if (line.type === 'life') life = line;
    else if (line.type === 'end') end = line;
    else if (line.type === 'commit') latest.set(line.sink, Math.max(line.epoch, latest.get(line.sink) ?? 0));
  }
  if (run === undefined) return undefined;
  if (run.version !== journalVersion) {
    const text = `${path} has format ${run.version}, this version of sluice reads ${journalVersion}; start a new run`;
    throw new SluiceError('run_not_resumable', text);
  }
  // A sink that failed holds the cut back: what it lacks is asked for again, and the others go back to where it stood.
  const cut = Math.min(...[...run.sinks, deadLetterSink].map((sink) => latest.get(sink) ?? 0));
  const positions = new Map<string, SinkPosition>();
  // Read once more instead of keeping the positions of all epochs: a long run has hundreds of thousands.
  for await (const line of journalLines(disk, path)) {
    if (line.type === 'commit' && line.epoch === cut) positions.set(line.sink, line.position);
  }
  return { run, life, end, cut, positions };
}

export interface ReplayOptions {
  readonly disk: Disk;
  readonly path: string;
  readonly cut: number;
  /** Base URL by source. */
  readonly baseUrls: ReadonlyMap<string, string>;
  /** 64-bit hash of a text under the run's key. */
  readonly hash: (text: string) => bigint;
  /** Puts the secrets back into what was written without them. */
  readonly show: (request: PageRequest) => PageRequest;
}

/** Adds up all epochs up to the cut. */
export async function replayJournal({ disk, path, cut, baseUrls, hash, show }: ReplayOptions): Promise<ReplayedRun> {
  const sources = new Map<string, ReplayedSource>();
  let elapsedMs = 0;
  let retryLife: number | undefined;
  const sourceNamed = (name: string): ReplayedSource => {
    const source = sources.get(name) ?? beginSource();
    sources.set(name, source);
    return source;
  };
  for await (const line of journalLines(disk, path)) {
    if (line.type === 'life' && line.retried !== undefined) {
      retryLife = line.life;
      beginRetry(line.retried, sources);
    }
    if (line.type !== 'epoch' || line.epoch > cut) continue;
    ({ elapsedMs } = line);
    for (const [name, epoch] of Object.entries(line.sources)) {
      const source = sourceNamed(name);
      const baseUrl = baseUrls.get(name) ?? '';
      applyEpoch(source, epoch, (written) => {
        const request = show(written);
        const hashes = requestHashes(request, resolveUrl(baseUrl, request.url).href, hash);
        return { request, hashes };
      });
    }
  }
  return { sources, elapsedMs, retryLife };
}

function beginSource(): ReplayedSource {
  return {
    added: 0,
    addedOfChildren: 0,
    capped: false,
    last: undefined,
    pending: new Map(),
    seen: createIdSet(),
    ids: createIdSet(),
    pages: createIdSet(),
    keys: new Map(),
    delivered: 0,
    skipped: 0,
    refused: undefined,
    redriven: 0,
    totals: { items: 0, declared: undefined, emptyPages: 0 },
    figures: noFigures(),
  };
}

/** The items that are tried again are as if they had never come. */
function beginRetry(retried: NonNullable<LifeLine['retried']>, sources: ReadonlyMap<string, ReplayedSource>): void {
  for (const [name, source] of sources) {
    source.redriven = 0;
    subtractFigures(source.figures, readFigures(retried[name] ?? {}));
  }
}

type Recall = (written: PageRequest) => { readonly request: PageRequest; readonly hashes: readonly bigint[] };

function applyEpoch(source: ReplayedSource, epoch: SourceEpoch, recall: Recall): void {
  const { pending } = source;
  const change = (ordinals: readonly number[] = [], changed: Partial<PendingRequest>): void => {
    for (const ordinal of ordinals) {
      const item = pending.get(ordinal);
      if (item !== undefined) pending.set(ordinal, { ...item, ...changed });
    }
  };

  for (const entry of epoch.added ?? []) {
    const extra = 'extra' in entry;
    const { request, hashes } = recall(extra ? entry.extra : entry);
    for (const hash of hashes) source.seen.add(hash);
    const ordinal = source.added++;
    pending.set(ordinal, { ordinal, request, attempts: 0, fresh: true, expanded: false, extra });
    if (request.child === undefined) source.last = request;
    else source.addedOfChildren += 1;
  }
  change(epoch.preceded, { fresh: false });
  change(epoch.expanded, { expanded: true });
  for (const [ordinal, attempts] of epoch.attempted ?? []) change([ordinal], { attempts, fresh: false });
  // What was given up on begins anew when it is asked for again.
  change(epoch.failed, { attempts: 0, fresh: false });
  for (const ordinal of epoch.done ?? []) pending.delete(ordinal);
  if (epoch.capped === true) source.capped = true;
  source.refused ??= epoch.refused;
  for (const id of readHashes(epoch.ids ?? '')) source.ids.add(id);
  for (const page of readHashes(epoch.pages ?? '')) source.pages.add(page);
  for (const [name, hashes] of epoch.keys ?? []) {
    const set = source.keys.get(name) ?? createIdSet();
    source.keys.set(name, set);
    for (const hash of readHashes(hashes)) set.add(hash);
  }
  if (epoch.totals !== undefined) source.totals = { items: 0, declared: undefined, emptyPages: 0, ...epoch.totals };
  source.redriven += epoch.redriven ?? 0;
  const figures = readFigures(epoch.figures ?? {});
  const skipped = epoch.skipped ?? 0;
  source.skipped += skipped;
  source.delivered += figures.pages + figures.ignored - skipped;
  addFigures(source.figures, figures);
}
