import type { RunRecord } from '../../core/index.ts';
import { nameOf } from './label.ts';
import { code, table } from './markdown-text.ts';
import { qualityParts, unmappedLine } from './markdown-quality.ts';
import { trendParts } from './markdown-trends.ts';
import { formatCount, formatMs, formatNumber, formatShare } from '../render/text.ts';

/** Fits a comment: the page has more. */
const most = { categories: 10, errors: 10 } as const;

/** The report for a pull request or a chat, in the Markdown of GitHub. */
export function renderMarkdown({ report }: RunRecord): string {
  const { summary, errors, metrics, monitoring } = report;
  const { overall } = metrics;
  const shownErrors = errors.toSorted((a, b) => b.count - a.count).slice(0, most.errors);
  const omitted = errors.length - shownErrors.length;
  const distribution = Object.entries(metrics.category_distribution).toSorted(([, a], [, b]) => b - a);
  const parts: readonly (readonly string[])[] = [
    [
      `## ${summary.partial ? 'Partial run' : 'Run'} ${code(summary.run_id)}${monitoring.quality?.failed === true ? ', failed by a rule on quality' : ''}`,
      '',
      `**${formatCount(summary.total_products)} records** in ${formatMs(summary.processing_time_seconds * 1000)}, ${formatShare(summary.success_rate)} of pages delivered.`,
    ],
    table(
      ['source', 'state', 'records', 'requests', 'retries', 'p95', 'limiter wait'],
      Object.entries(monitoring.sources).map(([name, source]) => [
        code(name),
        source.state,
        formatCount(source.records),
        formatCount(source.requests),
        formatCount(source.retries),
        formatMs(source.latency_ms.p95),
        formatMs(source.limiter_wait_ms),
      ]),
    ),
    overall.price.count === 0 ? [] : [`Prices: ${priceText(overall.price)}.`],
    ...trendParts(metrics.price_trends),
    ...qualityParts(monitoring),
    table(
      ['category', 'records'],
      distribution.slice(0, most.categories).map(([name, count]) => [code(nameOf(name)), formatCount(count)]),
    ),
    unmappedLine(monitoring),
    table(
      ['error', 'count', 'where', 'first message'],
      shownErrors.map(({ error, count, endpoint, message }) => [
        code(error),
        formatCount(count),
        code(endpoint),
        code(message),
      ]),
    ),
    omitted > 0 ? [`… and ${formatCount(omitted)} more kinds of errors.`] : [],
    Object.entries(monitoring.sinks).map(
      ([
        name,
        {
          reconciliation: { read, split, ...to },
        },
      ]) => {
        const sum = Object.entries(to).map(([kind, count]) => `${formatCount(count)} ${kind}`);
        return `- ${code(name)}: ${formatCount(read)} read + ${formatCount(split)} split = ${sum.join(' + ')}`;
      },
    ),
  ];
  const shown = parts.filter((lines) => lines.length > 0);
  return `${shown.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function priceText({ min, p25, median, p75, p95, max }: RunRecord['report']['metrics']['overall']['price']): string {
  const told = {
    least: min,
    'first quartile': p25,
    median,
    'third quartile': p75,
    '95th percentile': p95,
    greatest: max,
  };
  return Object.entries(told)
    .map(([name, price]) => `${name} ${formatNumber(price)}`)
    .join(', ');
}
