import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '../..');

export function read(file: string): string {
  return readFileSync(resolve(root, file), 'utf8');
}

/** A fenced block of code. */
export interface CodeBlock {
  readonly language: string;
  /** What a first line such as `// shop.ts` calls it. */
  readonly name: string | undefined;
  readonly text: string;
}

export function codeBlocks(markdown: string): readonly CodeBlock[] {
  return [...markdown.matchAll(/^```(\w*)\n([^]*?)^```$/gm)].map(([, language = '', text = '']) => ({
    language,
    name: /^\/\/ ([\w.-]+)\n/.exec(text)?.[1],
    text,
  }));
}

/** What stands outside of fenced blocks. */
export function prose(markdown: string): string {
  return markdown.replaceAll(/^```\w*\n[^]*?^```$/gm, '');
}

/** The text under a heading, up to the next one of the same or a higher level. */
export function section(markdown: string, heading: string): string {
  const [, after] = markdown.split(`\n${heading}\n`);
  if (after === undefined) throw new Error(`there is no heading "${heading}"`);
  const level = heading.indexOf(' ');
  const end = after.search(new RegExp(`^#{1,${level}} `, 'm'));
  return end < 0 ? after : after.slice(0, end);
}

/** The cells of all tables, row by row, without their heads. */
export function tableRows(markdown: string): readonly (readonly string[])[] {
  const rows = prose(markdown)
    .split('\n')
    .map((line) => (line.startsWith('|') ? line.slice(1, line.lastIndexOf('|')).split('|') : undefined))
    .map((cells) => cells?.map((cell) => cell.trim()));
  return rows.filter((cells, index): cells is string[] => {
    const isHead = rows[index + 1]?.every((cell) => /^:?-+:?$/.test(cell)) === true;
    return cells !== undefined && !isHead && !cells.every((cell) => /^:?-+:?$/.test(cell));
  });
}

/** The texts in backticks. */
export function codesIn(cell: string): readonly string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, text = '']) => text);
}

/** The codes in the first column of all tables. */
export function firstColumn(markdown: string): readonly string[] {
  return tableRows(markdown).flatMap(([first = '']) => codesIn(first));
}

/** Targets of links. */
export function linksOf(markdown: string): readonly string[] {
  return [...prose(markdown).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
}

/** What a heading can be linked to by, as GitHub makes it. */
export function anchorsOf(markdown: string): readonly string[] {
  return [...prose(markdown).matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
