/** One link of a `Link` header. */
export interface Link {
  /** As it stands between the angle brackets: absolute or relative. */
  readonly target: string;
  /** Relation types, lower case. */
  readonly rel: readonly string[];
  /** What the link starts from, where that is not the page itself. */
  readonly anchor?: string;
}

const target = /<([^>]*)>/y;
const parameter = /\s*;\s*(?:([!#$%&'*+\-.^_`|~\w]+)\s*(?:=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s";,]*)))?)?/y;
const separator = /\s*(?:,\s*)*/y;

/**
 * Reads a `Link` header (RFC 8288, section 3 and appendix B), several joined by commas included. What is
 * not a link is passed over up to the next link; it never throws. An empty header holds none.
 */
export function parseLinkHeader(header: string): readonly Link[] {
  const links: Link[] = [];
  for (let at = skip(separator, header, 0); at < header.length;) {
    const found = matchAt(target, header, at);
    if (found === undefined) {
      const comma = header.indexOf(',', at);
      at = comma < 0 ? header.length : skip(separator, header, comma);
      continue;
    }
    at += found[0].length;
    const params = new Map<string, string>();
    for (let match = matchAt(parameter, header, at); match !== undefined; match = matchAt(parameter, header, at)) {
      at += match[0].length;
      const [, name, quoted, plain = ''] = match;
      const key = name?.toLowerCase();
      // The first of a name counts: a later rel must not overrule it (RFC 8288, 3.3).
      if (key !== undefined && !params.has(key)) params.set(key, quoted?.replaceAll(/\\(.)/g, '$1') ?? plain);
    }
    links.push(link(found[1] ?? '', params));
    at = skip(separator, header, at);
  }
  return links;
}

function link(to: string, params: ReadonlyMap<string, string>): Link {
  const rel = (params.get('rel') ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  const anchor = params.get('anchor');
  return { target: to.trim(), rel, ...(anchor === undefined ? {} : { anchor }) };
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}

function skip(pattern: RegExp, text: string, at: number): number {
  return at + (matchAt(pattern, text, at)?.[0].length ?? 0);
}
