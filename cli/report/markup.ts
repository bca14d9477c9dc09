import { html } from 'hono/html';
import type { Chart } from './charts.ts';

/** A piece of the page. All that is put into one is escaped, unless it is such a piece itself. */
export type Markup = ReturnType<typeof html>;

/** Takes a chart into the page and gives back its place there. */
export type Place = (chart: Chart, caption: string, rows?: number) => Markup;

/** A column of a table; figures stand at its right. */
export type Column = readonly [title: string, align?: 'figure'];

/** A table that can be reached and scrolled with the keys. */
export function table(caption: string, columns: readonly Column[], rows: readonly (readonly unknown[])[]): Markup {
  const classOf = (index: number): string => columns[index]?.[1] ?? 'text';
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}">
    <table>
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          ${columns.map(([title], index) => html`<th scope="col" class="${classOf(index)}">${title}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${row.map((cell, index) => html`<td class="${classOf(index)}">${cell}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** The same figures as a chart, out of the way until they are asked for; a printed page shows the chart alone. */
export function folded(summary: string, content: Markup): Markup {
  return html`<details>
    <summary>${summary}</summary>
    ${content}
  </details>`;
}

/** A part of the page with its heading; left out where there is nothing to say. */
export function section(title: string, ...content: readonly (Markup | undefined)[]): Markup | undefined {
  const shown = content.filter((piece) => piece !== undefined);
  if (shown.length === 0) return undefined;
  const id = title.toLowerCase().replaceAll(/[^a-z]+/g, '-');
  return html`<section aria-labelledby="${id}">
    <h2 id="${id}">${title}</h2>
    ${shown}
  </section>`;
}

/** Small print: what is exact, and what is left out. */
export function note(text: string): Markup {
  return html`<p class="note">${text}</p>`;
}
