/** An identifier as SQL has it, whatever characters it holds (SQL-92, 5.2 delimited identifier). */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text as SQL has it, with standard strings: a backslash is one. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
