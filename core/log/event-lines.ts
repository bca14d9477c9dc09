import type { RunEvent } from '../contracts/events.ts';
import type { LogFields, Logger } from '../contracts/logger.ts';
import type { RunReport } from '../contracts/report.ts';
import { redactUrl } from '../redact.ts';
import { recordsOf } from '../state/figures.ts';

/** An event as a line of the log. */
export interface EventLine {
  readonly level: keyof Logger;
  /** What the line is about; lines of one subject are thinned when they repeat. Undefined: each one is written. */
  readonly subject?: string;
  readonly message: string;
  readonly fields: LogFields;
}

/** Whether all lines of an event are at debug. */
export function isDetail(event: RunEvent): boolean {
  switch (event.type) {
    case 'attempt':
    case 'requests-counted':
    case 'workers':
    case 'limiter-wait':
    case 'page-skipped':
    case 'pages-known':
    case 'sink-wrote':
    case 'sink-filtered':
    case 'sink-committed':
    case 'time-spent':
      return true;
    case 'page-delivered':
      return event.rejects.length === 0;
    default:
      return false;
  }
}

/** Puts an event into words, at the level at which someone would want to read it. */
export function eventLines(event: RunEvent): readonly EventLine[] {
  switch (event.type) {
    case 'run-started': {
      const { runId, sources, sinks, threads, engine } = event;
      const here = threads === 0 ? 'the main thread' : counted(threads, 'worker thread');
      const workers = engine === undefined ? here : `the workers of ${engine}`;
      const message = `run ${runId}: ${counted(sources.length, 'source')} into ${sinks.join(', ')}, on ${workers}`;
      return [{ level: 'info', message, fields: { event: event.type, run: runId, threads } }];
    }
    case 'run-resumed': {
      const { type, life, records } = event;
      const message = `life ${life} of this run: ${counted(records, 'record')} are there already`;
      return [{ level: 'info', message, fields: { event: type, life, records } }];
    }
    case 'run-caught-up': {
      const { type, sources } = event;
      const records = recordsOf(sources);
      const message = `workers have counted ${counted(records, 'record')} while this process could not`;
      return [{ level: 'info', message, fields: { event: type, records } }];
    }
    case 'page-skipped': {
      const { type, source, key, action } = event;
      const what = action === 'ignore' ? 'ignored' : 'the end of the pages';
      const message = `${source}: page ${key} is ${what}, by a response rule`;
      return [{ level: 'debug', message, fields: { event: type, source, key, action } }];
    }
    case 'dead-letters': {
      const { type, file, kept, omitted } = event;
      if (kept + omitted === 0) return [];
      const lost = omitted === 0 ? '' : `, ${omitted} more did not fit`;
      const where = file === undefined ? '' : ` in ${file}`;
      const message = `${counted(kept, 'dead letter')}${where}${lost}`;
      return [{ level: omitted > 0 ? 'warn' : 'info', message, fields: { event: type, file, kept, omitted } }];
    }
    case 'time-spent':
      // Told several times a second; the report adds it up.
      return [];
    case 'source-started': {
      const { source, baseUrl, rateLimits, limitGroup, pagination } = event;
      const windows = rateLimits.map(({ requests, perMs }) => `${requests} requests per ${perMs} ms`);
      const shared = limitGroup === undefined ? '' : `, shared as ${limitGroup}`;
      const limit = `at most ${windows.join(' and ')}${shared}`;
      const message = `${source}: started, ${redactUrl(baseUrl)}, ${pagination} pagination, ${limit}`;
      return [{ level: 'info', message, fields: { event: event.type, source } }];
    }
    case 'pages-known': {
      const { type, source, pages } = event;
      const message = `${source}: ${counted(pages, 'page')} in all`;
      return [{ level: 'debug', message, fields: { event: type, source, pages } }];
    }
    case 'attempt': {
      const { type, source, key, attempt, status, error, bytes, ms } = event;
      const why = event.message === undefined ? '' : ` (${event.message})`;
      const outcome = `${status ?? error ?? 'no response'}${why} in ${Math.round(ms)} ms, ${bytes} bytes`;
      const message = `${source}: attempt ${attempt}, ${outcome}, ${redactUrl(event.url)}`;
      return [{ level: 'debug', message, fields: { event: type, source, key, attempt, status, error, bytes, ms } }];
    }
    case 'requests-counted': {
      const { type, source, requests, retries, bytes } = event;
      const message = `${source}: ${counted(requests, 'request')} by a worker, ${bytes} bytes`;
      return [{ level: 'debug', message, fields: { event: type, source, requests, retries, bytes } }];
    }
    case 'workers': {
      const { type, workers, inHand, waiting } = event;
      const message = `${counted(workers, 'worker')} with ${counted(inHand, 'page')} in hand, ${waiting} waiting`;
      return [{ level: 'debug', message, fields: { event: type, workers, in_hand: inHand, waiting } }];
    }
    case 'limiter-wait': {
      const { type, source, ms } = event;
      const message = `${source}: waited ${Math.round(ms)} ms for the rate limit`;
      return [{ level: 'debug', message, fields: { event: type, source, ms } }];
    }
    case 'limiter-paused': {
      const { type, source, ms, reason } = event;
      const message = `${source}: paused for ${Math.round(ms)} ms: ${reason}`;
      return [{ level: 'warn', subject: `${type} ${source}`, message, fields: { event: type, source, ms } }];
    }
    case 'retry': {
      const { type, source, key, attempt, delayMs, error } = event;
      const when = delayMs === 0 ? '' : ` in ${Math.round(delayMs)} ms`;
      const message = `${source}: attempt ${attempt} follows${when} after ${error}: ${event.message}`;
      const fields = { event: type, source, key, attempt, error, delay_ms: delayMs };
      return [{ level: 'warn', subject: `${type} ${source} ${error}`, message, fields }];
    }
    case 'breaker': {
      const { type, source, from, to, reason } = event;
      const message = `${source}: circuit breaker ${to}: ${reason}`;
      const fields = { event: type, source, from, to };
      return [{ level: to === 'open' ? 'warn' : 'info', subject: `${type} ${source} ${to}`, message, fields }];
    }
    case 'page-delivered': {
      const { type, source, key, items, records, rejects } = event;
      const message = `${source}: page ${key} delivered, ${counted(items, 'item')}, ${counted(records, 'record')}`;
      return [
        { level: 'debug', message, fields: { event: type, source, key, items, records } },
        ...rejects.map(({ reason, index, message: why }): EventLine => ({
          level: 'warn',
          subject: `reject ${source} ${reason}`,
          message: `${source}: item ${index} of page ${key} rejected, ${reason}: ${why}`,
          fields: { event: 'reject', source, key, index, reason },
        })),
      ];
    }
    case 'pages-failed': {
      const { type, source, pages, error } = event;
      const message = `${source}: ${counted(pages, 'page')} failed, ${error.code}: ${error.message}`;
      const fields = { event: type, source, pages, error: error.code };
      return [{ level: 'error', subject: `${type} ${source} ${error.code}`, message, fields }];
    }
    case 'source-notice': {
      const { type, source, error } = event;
      const message = `${source}: ${error.code}: ${error.message}`;
      const fields = { event: type, source, error: error.code };
      return [{ level: 'warn', subject: `${type} ${source} ${error.code}`, message, fields }];
    }
    case 'source-ended': {
      const { type, source, state } = event;
      const level = ({ complete: 'info', partial: 'warn', failed: 'error' } as const)[state];
      return [{ level, message: `${source}: ${state}`, fields: { event: type, source, state } }];
    }
    case 'sink-wrote': {
      const { type, sink, records, bytes, ms } = event;
      const message = `${sink}: took ${counted(records, 'record')} in ${Math.round(ms)} ms`;
      return [{ level: 'debug', message, fields: { event: type, sink, records, bytes, ms } }];
    }
    case 'sink-filtered': {
      const { type, sink, records, earlier = false } = event;
      const when = earlier ? ' in earlier lives of the run' : '';
      const message = `${sink}: ${counted(records, 'record')} filtered out${when}`;
      return [{ level: 'debug', message, fields: { event: type, sink, records, earlier } }];
    }
    case 'sink-committed': {
      const { type, sink, records } = event;
      const message = `${sink}: ${counted(records, 'record')} durable`;
      return [{ level: 'debug', message, fields: { event: type, sink, records } }];
    }
    case 'sink-failed': {
      const { type, sink, unwritten, error } = event;
      const message = `${sink}: sink failed, ${counted(unwritten, 'record')} unwritten, ${error.code}: ${error.message}`;
      // A reader that has seen enough is no failure, though the sink ends by it.
      const level = error.code === 'reader_gone' ? 'info' : 'error';
      return [{ level, message, fields: { event: type, sink, unwritten, error: error.code } }];
    }
    case 'sink-discarded': {
      const { type, sink, records, error } = event;
      const fields = { event: type, sink, records, error: error.code };
      return [{ level: 'warn', message: `${sink}: ${error.message}`, fields }];
    }
    case 'sink-skipped': {
      const { type, sink, records } = event;
      const message = `${sink}: ${counted(records, 'record')} came after the sink had failed`;
      return [{ level: 'debug', message, fields: { event: type, sink, records } }];
    }
    case 'price-trends': {
      const { compared, risen, fallen, new: fresh, gone } = event.trends.products;
      const message = `prices beside earlier runs: ${compared} compared, ${risen} risen, ${fallen} fallen, ${fresh} new, ${gone} gone`;
      return [{ level: 'debug', message, fields: { event: event.type, compared, risen, fallen, new: fresh, gone } }];
    }
    case 'run-stopping': {
      const { type, error } = event;
      return [{ level: 'warn', message: `stopping: ${error.message}`, fields: { event: type, error: error.code } }];
    }
    case 'run-finished': {
      const { run_id, total_products, processing_time_seconds, partial } = event.report.summary;
      const whole = partial ? ', partial' : '';
      const message = `run ${run_id}: ${counted(total_products, 'record')} in ${processing_time_seconds} s${whole}`;
      const fields = {
        event: event.type,
        run: run_id,
        records: total_products,
        seconds: processing_time_seconds,
        partial,
      };
      return [...failedRules(event.report), { level: 'info', message, fields }];
    }
  }
}

/** Rules on quality by which the run has failed: nothing else says why its exit code is none of success. */
function failedRules({ monitoring: { quality } }: RunReport): readonly EventLine[] {
  const failed = quality?.rules.filter(({ state }) => state === 'failed') ?? [];
  return failed.map(({ name, failed: broken, records, check, sources }) => {
    const of = check === 'minCount' ? counted(sources.length, 'source') : counted(records, 'record');
    const message = `the run fails by the rule "${name}": ${broken} of ${of} broke it`;
    return { level: 'error', message, fields: { event: 'run-finished', rule: name, broken } };
  });
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
