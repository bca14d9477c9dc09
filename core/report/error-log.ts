import type { RejectReason } from '../contracts/batch.ts';
import type { TimedEvent } from '../contracts/events.ts';
import type { RejectExample, RejectGroup } from '../contracts/journal.ts';
import type { ErrorEntry, ErrorExample } from '../contracts/report.ts';
import type { ErrorCode, SluiceError } from '../errors.ts';
import { errorPattern, fieldPattern } from './error-pattern.ts';

/** Groups of one source or sink; beyond them, only the first of its code and reason gets one. */
const mostGroups = 200;
/** Messages whose pattern is remembered: rejects of one kind mostly say the same. */
const rememberedPatterns = 1000;

/** Collects what goes into `errors[]`: errors that are alike make one entry, in the order of their first. */
export interface ErrorLog {
  on(event: TimedEvent): void;
  build(): readonly ErrorEntry[];
  /** Errors that are counted but not listed. */
  readonly omitted: number;
  /** The rejects of one source, clean, as plain JSON: what a later life of the run is to count on from. */
  rejectGroups(source: string): readonly RejectGroup[];
  /** Takes up the rejects that an earlier life has counted, or another process. */
  restoreRejects(source: string, groups: readonly RejectGroup[]): void;
}

/** Where a rejected item stood. */
interface Place {
  readonly key: string;
  readonly index: number;
}

/** One error as it happened. */
interface Occurrence {
  readonly at: number;
  readonly message: string;
  readonly attempts: number;
  readonly status?: number | undefined;
  readonly url?: string | undefined;
  readonly place?: Place;
}

interface Kind {
  readonly endpoint: string;
  readonly error: ErrorCode;
  readonly reason?: RejectReason;
  readonly field?: string | undefined;
}

interface Group extends Kind {
  readonly pattern: string;
  readonly first: Occurrence;
  last: Occurrence;
  count: number;
  pages: number;
  records: number;
}

type Weight = Partial<Pick<Group, 'count' | 'pages' | 'records'>>;
type PageDelivered = Extract<TimedEvent, { type: 'page-delivered' }>;

/** `clean` makes a text from outside fit to be printed; every message and URL passes through it. */
export function createErrorLog(clean: (text: string) => string): ErrorLog {
  const groups = new Map<string, Group>();
  const listed = new Map<string, number>();
  const kinds = new Set<string>();
  const patterns = new Map<string, string>();
  let omitted = 0;

  function patternOf(message: string): string {
    const known = patterns.get(message);
    if (known !== undefined) return known;
    // Of the clean text: a group that comes back from a journal has no other.
    const pattern = errorPattern(clean(message));
    if (patterns.size >= rememberedPatterns) patterns.clear();
    patterns.set(message, pattern);
    return pattern;
  }

  function add(kind: Kind, happened: Occurrence, { count = 1, pages = 0, records = 0 }: Weight): Group | undefined {
    const { endpoint, error, reason = '', field = '' } = kind;
    const pattern = patternOf(happened.message);
    const name = [endpoint, error, reason, fieldPattern(field), pattern].join('\n');
    const group = groups.get(name);
    if (group !== undefined) {
      group.last = happened;
      group.count += count;
      group.pages += pages;
      group.records += records;
      return group;
    }
    const kindName = [endpoint, error, reason].join('\n');
    const number = listed.get(endpoint) ?? 0;
    // However many patterns an upstream comes up with: what comes last, the source's own end, still has its entry.
    if (number >= mostGroups && kinds.has(kindName)) {
      omitted += count;
      return undefined;
    }
    listed.set(endpoint, number + 1);
    kinds.add(kindName);
    const started = { ...kind, pattern, first: happened, last: happened, count, pages, records };
    groups.set(name, started);
    return started;
  }

  function addError(endpoint: string, at: number, error: SluiceError, weight: Weight): void {
    const { code, attempts = 0, status, url } = error;
    // Cleaned at once, and thereby cut: a plugin's error may be of any length.
    const happened = { at, message: clean(error.message), attempts, status, url: url === undefined ? url : clean(url) };
    add({ endpoint, error: code }, happened, weight);
  }

  function addRejects({ at, source, key, attempts, rejects }: PageDelivered): void {
    for (const { reason, field, index, message } of rejects) {
      // As it came, bounded by who rejected it: only the first and the last of a group are ever cleaned.
      const happened = { at, message, attempts, place: { key, index } };
      add({ endpoint: source, error: 'invalid_record', reason, field }, happened, { records: 1 });
    }
  }

  function example({ reason }: Group, { at, message, url, place }: Occurrence): ErrorExample {
    const where = place === undefined ? '' : `item ${place.index} of page ${place.key} rejected, ${reason}: `;
    return {
      timestamp: new Date(at).toISOString(),
      message: clean(where + message),
      ...(url !== undefined && { url }),
    };
  }

  function entryOf(group: Group): ErrorEntry {
    const { endpoint, error, reason, field, pattern, first, last, count, pages, records } = group;
    const { timestamp, message, url } = example(group, first);
    return {
      endpoint,
      error,
      timestamp,
      message,
      attempts: first.attempts,
      ...(first.status !== undefined && { status: first.status }),
      ...(url !== undefined && { url }),
      ...(pages > 1 && { pages }),
      ...(records > 0 && { records }),
      count,
      ...(reason !== undefined && { reason }),
      ...(field !== undefined && { field: clean(field) }),
      ...(count > 1 && { pattern, last: example(group, last) }),
    };
  }

  return {
    on(event) {
      switch (event.type) {
        case 'page-delivered':
          addRejects(event);
          break;
        case 'pages-failed':
          addError(event.source, event.at, event.error, { pages: event.pages });
          break;
        case 'source-notice':
          addError(event.source, event.at, event.error, {});
          break;
        case 'sink-failed':
          addError(event.sink, event.at, event.error, { records: event.unwritten });
          break;
        case 'sink-discarded':
          addError(event.sink, event.at, event.error, { records: event.records });
          break;
        default:
      }
    },
    build: () => [...groups.values()].map(entryOf),
    get omitted() {
      return omitted;
    },
    rejectGroups: (source) =>
      [...groups.values()].filter(({ endpoint }) => endpoint === source).flatMap((group) => rejectsOf(group, clean)),
    restoreRejects(source, restored) {
      for (const { reason, field, count, first, last } of restored) {
        const group = add({ endpoint: source, error: 'invalid_record', reason, field }, placed(first), {
          count,
          records: count,
        });
        if (group !== undefined) group.last = placed(last);
      }
    },
  };
}

/** A group of rejects as the journal keeps it; none for a group of anything else. */
function rejectsOf({ reason, field, count, first, last }: Group, clean: (text: string) => string): RejectGroup[] {
  if (reason === undefined || first.place === undefined || last.place === undefined) return [];
  const kept = ({ at, message }: Occurrence, { key, index }: Place): RejectExample => {
    return { at, key: clean(key), index, message: clean(message) };
  };
  const fieldAtFault = field === undefined ? {} : { field: clean(field) };
  return [{ reason, ...fieldAtFault, count, first: kept(first, first.place), last: kept(last, last.place) }];
}

/** A kept reject as an occurrence. How many attempts its page took is not kept. */
function placed({ at, key, index, message }: RejectExample): Occurrence {
  return { at, message, attempts: 1, place: { key, index } };
}
