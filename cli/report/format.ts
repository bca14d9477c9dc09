import { extname } from 'node:path';
import { InvalidArgumentError } from 'commander';
import type { RunRecord } from '../../core/index.ts';

/** The forms of a report: a page, Markdown for a pull request or a chat, or all that is kept, as JSON. */
export const reportFormats = ['html', 'md', 'json'] as const;

export type ReportFormat = (typeof reportFormats)[number];

/** The form that the name of a file asks for; undefined for a name that asks for none. */
export function formatOfFile(file: string): ReportFormat | undefined {
  const extension = extname(file).slice(1).toLowerCase();
  return reportFormats.find((format) => format === extension);
}

/** Reads the name of a file for a report. Throws commander's own error where its form can't be told. */
export function parseReportFile(file: string): string {
  if (formatOfFile(file) === undefined) throw new InvalidArgumentError('Give a name that ends in .html, .md or .json.');
  return file;
}

/** A run in one of the forms. What draws the page is loaded for the page alone. */
export async function formatReport(record: RunRecord, format: ReportFormat): Promise<string> {
  switch (format) {
    case 'json':
      return `${JSON.stringify(record, undefined, 2)}\n`;
    case 'md':
      return (await import('./markdown.ts')).renderMarkdown(record);
    case 'html': {
      const [{ renderPage }, { loadScripts }] = await Promise.all([import('./page.ts'), import('./scripts.ts')]);
      return renderPage(record, await loadScripts());
    }
  }
}
