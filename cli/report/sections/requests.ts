import { html } from 'hono/html';
import type { RunRecord } from '../../../core/index.ts';
import { formatCount, formatMs } from '../../render/text.ts';
import type { Outcome, WaterfallChart } from '../charts.ts';
import { folded, type Markup, note, type Place, section, table } from '../markup.ts';

type Timeline = RunRecord['timeline'];
type SourceTimeline = Timeline['sources'][string];
type Request = SourceTimeline['requests'][number];

/** Sources whose requests are drawn. */
const mostSources = 12;

/** The requests of each source on a time axis, with what held them back. */
export function requests({ timeline, report }: RunRecord, place: Place): Markup | undefined {
  const asked = Object.entries(timeline.sources).filter(([, { requests: listed }]) => listed.length > 0);
  if (asked.length === 0) return undefined;
  return section(
    'Requests',
    report.monitoring.lives > 1
      ? note('Those of the last life of the run: of the earlier ones no times are kept.')
      : undefined,
    ...asked.slice(0, mostSources).map(([name, source]) => waterfall(name, source, timeline.total_ms, place)),
    asked.length > mostSources
      ? note(`The requests of ${asked.length - mostSources} more sources are not drawn.`)
      : undefined,
  );
}

function waterfall(name: string, source: SourceTimeline, total: number, place: Place): Markup {
  const { every } = source;
  const listed = source.requests.toSorted((a, b) => a.start_ms - b.start_ms);
  const chart: WaterfallChart = {
    kind: 'waterfall',
    total,
    requests: listed.map((request) => ({
      label: `${request.path}: ${endOf(request)}`,
      start: request.start_ms,
      wait: request.limiter_wait_ms,
      duration: request.duration_ms,
      outcome: outcomeOf(request),
    })),
    bands: bandsOf(source, total),
  };
  const count = every === 1 ? `all ${formatCount(listed.length)}` : `one in ${every} of ${formatCount(source.total)}`;
  const held = chart.bands.map(({ from, to, label }) => html`<li>${label}: ${formatMs(from)} to ${formatMs(to)}</li>`);
  return html`<h3>${name}</h3>
    ${place(chart, `Requests of ${name} over time: ${count}`, Math.ceil(listed.length / 4) + 4)}
    ${
      held.length === 0
        ? ''
        : html`<p>Held back as a whole:</p>
            <ul>
              ${held}
            </ul>`
    }
    ${folded(
      `Requests of ${name} as a table`,
      table(
        `Requests of ${name}: ${count}`,
        [
          ['start', 'figure'],
          ['limiter wait', 'figure'],
          ['duration', 'figure'],
          ['attempt', 'figure'],
          ['end'],
          ['path'],
        ],
        listed.map((request) => [
          formatMs(request.start_ms),
          formatMs(request.limiter_wait_ms),
          formatMs(request.duration_ms),
          request.attempt,
          endOf(request),
          request.path,
        ]),
      ),
    )}`;
}

function outcomeOf({ status, attempt }: Request): Outcome {
  if (status === undefined || status >= 400) return 'failed';
  return attempt > 1 ? 'retry' : 'answered';
}

function endOf({ status, error, attempt }: Request): string {
  const end = [status, error].filter((part) => part !== undefined).join(' ');
  return attempt > 1 ? `${end}, attempt ${attempt}` : end;
}

/** Pauses, and each time the breaker was not closed, until the next transition or the end. */
function bandsOf({ pauses, breaker }: SourceTimeline, total: number): WaterfallChart['bands'] {
  const paused = pauses.map(({ at_ms: from, ms }) => ({
    from,
    to: Math.min(total, from + ms),
    label: 'pause that the upstream asked for',
    tone: 'orange' as const,
  }));
  const open = breaker.flatMap(({ at_ms: from, to: state }, index) => {
    const to = breaker[index + 1]?.at_ms ?? total;
    const tone = state === 'open' ? ('red' as const) : ('grey' as const);
    return state === 'closed' ? [] : [{ from, to, label: `breaker ${state}`, tone }];
  });
  return [...paused, ...open];
}
