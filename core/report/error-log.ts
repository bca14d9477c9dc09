import type { Reject } from '../contracts/batch.ts';
import type { TimedEvent } from '../contracts/events.ts';
import type { ErrorEntry } from '../contracts/report.ts';
import type { SluiceError } from '../errors.ts';

/** Entries that are listed for one source or sink; more are counted only. */
const mostEntries = 1000;

/** All rejects of one source for one reason: one entry, however many they are. */
interface RejectGroup {
  readonly event: Extract<TimedEvent, { type: 'page-delivered' }>;
  readonly first: Reject;
  count: number;
}

/** Collects what goes into `errors[]`, in the order in which it happened. */
export interface ErrorLog {
  on(event: TimedEvent): void;
  build(): readonly ErrorEntry[];
  /** Errors that are counted but not listed. */
  readonly omitted: number;
}

/** `clean` makes a text from outside fit to be printed; every message and URL passes through it. */
export function createErrorLog(clean: (text: string) => string): ErrorLog {
  const log: (ErrorEntry | RejectGroup)[] = [];
  const listed = new Map<string, number>();
  const groups = new Map<string, RejectGroup>();
  let omitted = 0;

  function add(endpoint: string, at: number, error: SluiceError, weight: Pick<ErrorEntry, 'pages' | 'records'>): void {
    const count = (listed.get(endpoint) ?? 0) + 1;
    if (count > mostEntries) {
      omitted++;
      return;
    }
    listed.set(endpoint, count);
    log.push({
      endpoint,
      error: error.code,
      timestamp: new Date(at).toISOString(),
      message: clean(error.message),
      attempts: error.attempts ?? 0,
      ...(error.status !== undefined && { status: error.status }),
      ...(error.url !== undefined && { url: clean(error.url) }),
      ...weight,
    });
  }

  function addReject(event: Extract<TimedEvent, { type: 'page-delivered' }>, reject: Reject): void {
    const name = `${event.source} ${reject.reason}`;
    const group = groups.get(name);
    if (group !== undefined) {
      group.count++;
      return;
    }
    const started = { event, first: reject, count: 1 };
    groups.set(name, started);
    // Outside the cap: there are only as many groups as there are reasons.
    log.push(started);
  }

  function rejectEntry({ event, first, count }: RejectGroup): ErrorEntry {
    const records = count === 1 ? '1 record' : `${count} records`;
    const example = `item ${first.index} of ${event.key}: ${first.message}`;
    return {
      endpoint: event.source,
      error: 'invalid_record',
      timestamp: new Date(event.at).toISOString(),
      message: clean(`${records} rejected: ${first.reason} (first: ${example})`),
      attempts: event.attempts,
      records: count,
    };
  }

  return {
    on(event) {
      switch (event.type) {
        case 'page-delivered':
          for (const reject of event.rejects) addReject(event, reject);
          break;
        case 'pages-failed':
          add(event.source, event.at, event.error, event.pages > 1 ? { pages: event.pages } : {});
          break;
        case 'source-notice':
          add(event.source, event.at, event.error, {});
          break;
        case 'sink-failed':
          add(event.sink, event.at, event.error, event.unwritten > 0 ? { records: event.unwritten } : {});
          break;
        case 'sink-discarded':
          add(event.sink, event.at, event.error, { records: event.records });
          break;
        default:
      }
    },
    build: () => log.map((entry) => ('count' in entry ? rejectEntry(entry) : entry)),
    get omitted() {
      return omitted;
    },
  };
}
