/** Lines of JSON that a database takes. */
export interface Holdable {
  readonly lines: Uint8Array<ArrayBuffer>;
  /** Records in which characters were replaced. */
  readonly changed: number;
  /** Id of the first of them. */
  readonly first?: string;
}

/** Every escape of JSON, a pair of halves as one: a backslash that was escaped itself begins none. */
const escapes = /\\(?:ud[89ab][0-9a-f]{2}\\ud[c-f][0-9a-f]{2}|u[0-9a-f]{4}|[^])/gi;
const half = /^\\ud[89a-f]..$/i;

/**
 * Replaces characters that a database can't hold by U+FFFD, as Unicode has it for what can't be shown: halves of surrogate
 * pairs, and NUL where `nul` says that it can't hold that either. Lines without any come back as they are.
 */
export function makeHoldable(lines: Uint8Array<ArrayBuffer>, { nul }: { readonly nul: boolean }): Holdable {
  const bytes = Buffer.from(lines.buffer, lines.byteOffset, lines.byteLength);
  // JSON.stringify escapes halves, and nothing else that begins like this.
  const suspect = bytes.includes(String.raw`\ud`) || (!nul && bytes.includes(String.raw`\u0000`));
  if (!suspect) return { lines, changed: 0 };
  let changed = 0;
  let first: string | undefined;
  const text = bytes.toString().replaceAll(/[^\n]+/g, (line) => {
    const held = line.replaceAll(escapes, (escape) =>
      half.test(escape) || (!nul && escape === String.raw`\u0000`) ? String.raw`\ufffd` : escape,
    );
    if (held !== line) {
      changed += 1;
      first ??= String((JSON.parse(held) as { readonly id?: unknown }).id);
    }
    return held;
  });
  return { lines: new TextEncoder().encode(text), changed, ...(first !== undefined && { first }) };
}
