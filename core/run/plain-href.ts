/** Nothing in it that `new URL` would encode, take for a host, or walk up by. */
const plainPath = /^\/(?![/.])(?:[\w~&=+,;:?-]|\.(?!\/)|\/(?!\.))*$/;

/**
 * Makes the function that gives the whole URL of a path behind `baseUrl`, where it can be had without parsing: each
 * request's is looked at when it is added to the worklist, and parsing is most of what that costs. Undefined for all else.
 */
export function createPlainHref(baseUrl: string): (path: string) => string | undefined {
  const base = baseUrl.replace(/\/+$/, '');
  const isNormal = URL.canParse(base) && new URL(base).href.replace(/\/$/, '') === base && !/[?#]/.test(base);
  return (path) => (isNormal && plainPath.test(path) ? base + path : undefined);
}
