import { html } from 'hono/html';
import type { RunRecord } from '../../../core/index.ts';
import { formatCount, formatMs, formatShare } from '../../render/text.ts';
import { type Markup, note, section, table } from '../markup.ts';

type Report = RunRecord['report'];

/** The figures that one looks for first. */
export function headline({ summary, errors, monitoring }: Report): Markup {
  const failed = errors.reduce((sum, { count }) => sum + count, monitoring.errors_omitted);
  const figures = [
    ['records', formatCount(summary.total_products)],
    ['time', formatMs(summary.processing_time_seconds * 1000)],
    ['pages delivered', formatShare(summary.success_rate)],
    ['sources', formatCount(summary.sources.length)],
    ['errors', formatCount(failed)],
  ];
  const state = summary.partial ? 'partial' : 'complete';
  return html`<header>
    <h1>Run ${summary.run_id}</h1>
    <p>
      <span class="state ${state}">${state}</span>${
        monitoring.quality?.failed === true ? html`, <span class="state failed">failed by a rule on quality</span>` : ''
      },
      started ${summary.started_at}${monitoring.lives > 1 ? html`, taken up ${monitoring.lives - 1} times` : ''}
    </p>
    <dl class="figures">
      ${figures.map(
        ([name, value]) =>
          html`<div>
            <dt>${name}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
    </dl>
  </header>`;
}

/** How each source went. */
export function sources({ monitoring }: Report): Markup | undefined {
  const rows = Object.entries(monitoring.sources).map(([name, source]) => [
    name,
    html`<span class="state ${source.state}">${source.state}</span>`,
    formatCount(source.pages.delivered),
    formatCount(source.pages.failed),
    formatCount(source.records),
    formatCount(source.requests),
    formatCount(source.retries),
    formatMs(source.latency_ms.p50),
    formatMs(source.latency_ms.p95),
    formatMs(source.limiter_wait_ms),
  ]);
  const figures = ['pages', 'failed', 'records', 'requests', 'retries', 'latency p50', 'latency p95', 'limiter wait'];
  const columns = figures.map((title) => [title, 'figure'] as const);
  return section('Sources', table('How each source went', [['source'], ['state'], ...columns], rows));
}

/** Where every item went, for each sink: the two sides of a sum. */
export function reconciliation({ monitoring }: Report): Markup | undefined {
  const lines = Object.entries(monitoring.sinks).map(([name, sink]) => {
    const { read, split, ...to } = sink.reconciliation;
    const sum = Object.entries(to).map(([kind, count]) => `${formatCount(count)} ${kind}`);
    return html`<li>
      <strong>${name}</strong> <span class="state ${sink.state}">${sink.state}</span>: ${formatCount(read)} read +
      ${formatCount(split)} split = ${sum.join(' + ')}
    </li>`;
  });
  if (lines.length === 0) return undefined;
  return section(
    'Reconciliation',
    html`<ul class="sums">
      ${lines}
    </ul>`,
    note('Checked at the end of the run: both sides are equal, or the run fails.'),
  );
}
