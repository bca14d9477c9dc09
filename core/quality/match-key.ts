/**
 * Text by which records of different sources are taken for the same thing: of each field the letters and digits in lower
 * case, in Unicode's compatibility form (NFKC), whatever stands between them. Undefined where the first field has none.
 */
export function matchKey(
  record: Readonly<Record<string, unknown>>,
  [first = '', ...others]: readonly string[],
): string | undefined {
  const head = normalised(record[first]);
  // Each field stays apart: "a b" and "c" are not "a" and "b c".
  return head === '' ? undefined : [head, ...others.map((field) => normalised(record[field]))].join('\n');
}

function normalised(value: unknown): string {
  if (typeof value !== 'string' && typeof value !== 'number') return '';
  return String(value)
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}]+/gu, ' ')
    .trim();
}
