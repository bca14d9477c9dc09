import type { RunDiff } from '../../core/index.ts';
import { code, table } from '../report/markdown-text.ts';
import { diffSections } from './sections.ts';
import { diffSentence } from './text.ts';

/** A diff for a pull request or a chat, in the Markdown of GitHub. */
export function renderDiffMarkdown(diff: RunDiff): string {
  const { before, after } = diff.runs;
  const parts: (readonly string[])[] = [
    [`## Run ${code(after.run_id)} against ${code(before.run_id)}`],
    [`${diffSentence(diff)}.`],
  ];
  for (const { title, columns, rows, notes } of diffSections(diff)) {
    // As on a terminal, a column without a single text is left out.
    const kept = columns.map((_, index) => index).filter((index) => rows.some((row) => row[index] !== ''));
    parts.push(
      [`### ${title}`],
      table(
        kept.map((index) => columns[index]?.title ?? ''),
        rows.map((row) =>
          kept.map((index) => (columns[index]?.kind === 'text' ? code(row[index] ?? '') : (row[index] ?? ''))),
        ),
      ),
      notes.map((note) => `- ${code(note)}`),
    );
  }
  return `${parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}
