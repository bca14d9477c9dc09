/** A table in the Markdown of GitHub; nothing where it would have no rows. */
export function table(titles: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  if (rows.length === 0) return [];
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(titles), line(titles.map(() => '---')), ...rows.map(line)];
}

/** A text from outside: within a code span nothing is a link, a mention or markup, and only two characters end it. */
export function code(text: string): string {
  const inside = text.replaceAll('`', "'").replaceAll('|', '\\|').replaceAll(/\s+/g, ' ').trim();
  return inside === '' ? '–' : `\`${inside}\``;
}
