import type { TimedEvent } from '../../core/contracts/events.ts';
import type { RunReport, RunResult } from '../../core/index.ts';

/** What a run came to for one of its sources, as far as it is told in words. */
export interface OutcomeOptions {
  readonly result: RunResult;
  readonly events: readonly TimedEvent[];
  /** Name of the source that the row is about. */
  readonly source: string;
  /** Requests that its upstream saw; undefined where their number is a matter of timing. */
  readonly requests: number | undefined;
}

/**
 * `exit 3, partial, 2 records, 4 requests, 1 duplicate, 1 missing_id, network_error after 4`: all that a row pins down,
 * in the order in which it is read.
 */
export function outcomeOf({ result, events, source, requests }: OutcomeOptions): string {
  const { report, exitCode } = result;
  const monitoring = report.monitoring.sources[source];
  if (monitoring === undefined) return `exit ${exitCode}, never run`;
  const { duplicates } = monitoring.items;
  return [
    `exit ${exitCode}`,
    monitoring.state,
    counted(monitoring.records, 'record'),
    ...(requests === undefined ? [] : [counted(requests, 'request')]),
    ...(duplicates === 0 ? [] : [counted(duplicates, 'duplicate')]),
    ...grouped(reasonsOf(events)).map(([reason, count]) => `${count} ${reason}`),
    ...grouped(errorsOf(events)).map(([error, count]) => (count === 1 ? error : `${count} ${error}`)),
  ].join(', ');
}

/** The same for a run of the command, out of the document that it left: there, alike errors are one entry. */
export function documentOutcomeOf(document: RunReport, exitCode: number, source: string, requests: number): string {
  const monitoring = document.monitoring.sources[source];
  if (monitoring === undefined) return `exit ${exitCode}, never run`;
  const errors = document.errors
    .filter(({ endpoint }) => endpoint === source)
    .map(({ error, records = 0, reason }) => (error === 'invalid_record' ? `${records} ${reason}` : error));
  const counts = [counted(monitoring.records, 'record'), counted(requests, 'request')];
  return [`exit ${exitCode}`, monitoring.state, ...counts, ...errors.toSorted()].join(', ');
}

/** `exit 3, failed, 0 written, 9 unwritten, sink_failed`: the same for one of its sinks. */
export function sinkOutcomeOf(
  { report, exitCode }: Pick<RunResult, 'report'> & { readonly exitCode: number },
  sink: string,
): string {
  const monitoring = report.monitoring.sinks[sink];
  if (monitoring === undefined) return `exit ${exitCode}, never opened`;
  const { written, unwritten } = monitoring.reconciliation;
  const errors = new Set(report.errors.filter(({ endpoint }) => endpoint === sink).map(({ error }) => error));
  return [`exit ${exitCode}`, monitoring.state, `${written} written`, `${unwritten} unwritten`, ...errors].join(', ');
}

export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function reasonsOf(events: readonly TimedEvent[]): string[] {
  return events.flatMap((event) => (event.type === 'page-delivered' ? event.rejects.map(({ reason }) => reason) : []));
}

/** Events, not the report: there, alike errors are one entry. */
function errorsOf(events: readonly TimedEvent[]): string[] {
  return events.flatMap((event) => {
    if (event.type !== 'pages-failed' && event.type !== 'source-notice') return [];
    const { code, attempts = 0 } = event.error;
    return [attempts > 1 ? `${code} after ${attempts}` : code];
  });
}

/** How often each word comes, in order of the alphabet. */
function grouped(words: readonly string[]): [word: string, count: number][] {
  const counts = new Map<string, number>();
  for (const word of words.toSorted()) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts];
}
