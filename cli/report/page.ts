import { createHash } from 'node:crypto';
import { html, raw } from 'hono/html';
import type { RunRecord } from '../../core/index.ts';
import type { Chart } from './charts.ts';
import type { Markup, Place } from './markup.ts';
import type { PageScripts } from './scripts.ts';
import { errorGroups, samples } from './sections/details.ts';
import { headline, reconciliation, sources } from './sections/overview.ts';
import { categories, prices } from './sections/prices.ts';
import { quality } from './sections/quality.ts';
import { requests } from './sections/requests.ts';
import { timeSpent } from './sections/time.ts';
import { priceTrends } from './sections/trends.ts';
import { style } from './style.ts';

/** The report as one page of HTML that holds all it needs: it asks no network for anything, and forbids itself to. */
export async function renderPage(record: RunRecord, scripts: PageScripts): Promise<string> {
  const charts: Chart[] = [];
  const heights: string[] = [];
  const place: Place = (chart, caption, rows) => {
    const id = `chart-${charts.push(chart) - 1}`;
    if (rows !== undefined) heights.push(`.${id} { height: ${Math.max(10, 5 + rows * 1.4)}rem; }`);
    return html`<figure>
      <figcaption>${caption}</figcaption>
      <div class="chart ${id}"><canvas id="${id}" role="img" aria-label="${caption}"></canvas></div>
    </figure>`;
  };
  const { report } = record;
  const body = await html`${headline(report)}
    <main>
      ${reconciliation(report)} ${sources(report)} ${quality(report.monitoring)} ${categories(report, place)}
      ${prices(report.metrics, place)} ${priceTrends(report.metrics, place)} ${timeSpent(report.monitoring, place)}
      ${requests(record, place)} ${errorGroups(report)} ${samples(record.samples)}
    </main>`;
  const styles = style + heights.join('\n');
  // Only these very scripts run, whatever a text of an upstream should manage to become.
  const policy = `default-src 'none'; style-src ${sourceOf(styles)}; script-src ${sourceOf(scripts.library)} ${sourceOf(scripts.draw)}; base-uri 'none'; form-action 'none'`;
  const page = await html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Run ${report.summary.run_id}</title>
        ${element('style', styles)}
      </head>
      <body>
        ${body} ${element('script', jsonInScript(charts), 'type="application/json" id="charts"')}
        ${element('script', scripts.library)} ${element('script', scripts.draw, 'type="module"')}
      </body>
    </html>`;
  return `${page.toString()}\n`;
}

/** An element with exactly this text in it: a space more, and its hash would be another. */
function element(name: 'style' | 'script', text: string, attributes = ''): Markup {
  return raw(`<${name}${attributes && ` ${attributes}`}>${text}</${name}>`);
}

/** JSON that can't end the script it stands in: no `<`, which would begin a tag there. */
function jsonInScript(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}

/** Names a text of the page to its security policy. */
function sourceOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
