import type { Column } from '../tables/columns.ts';

type Line = Readonly<Record<string, unknown>>;

/** What can't stand in a field of COPY's text format as it is (PostgreSQL manual, COPY, file formats). */
const special = /[\\\n\r\t]/g;
const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * Makes rows in the text format of COPY from lines of JSON. In JavaScript, for it works beside the server, which takes them
 * in meanwhile; left to the server, parsing would take longer than all the rest.
 */
export function copyText(columns: readonly Column[]): (lines: Uint8Array<ArrayBuffer>) => Buffer {
  const fields = columns.map(fieldOf);
  return (lines) => {
    let rows = '';
    for (const line of Buffer.from(lines.buffer, lines.byteOffset, lines.byteLength).toString().split('\n')) {
      if (line === '') continue;
      const record = JSON.parse(line) as Line;
      let separator = '';
      for (const field of fields) {
        rows += separator + field(record);
        separator = '\t';
      }
      rows += '\n';
    }
    return Buffer.from(rows);
  };
}

function fieldOf({ name, kind, whole }: Column): (record: Line) => string {
  // A record may lack a field of a name that every object answers to, such as `constructor`.
  const inherited = name in {};
  const json = kind === 'json';
  return (record) => {
    const value = whole ? record : inherited && !Object.hasOwn(record, name) ? undefined : record[name];
    if (value === null || value === undefined) return String.raw`\N`;
    const text = typeof value === 'string' && !json ? value : JSON.stringify(value);
    return text.search(special) === -1 ? text : text.replaceAll(special, (character) => escapes[character] ?? '');
  };
}
