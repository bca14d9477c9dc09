import type { SourcePlugin } from '../../contracts/source.ts';
import { SluiceError } from '../../errors.ts';
import { decodeBody } from '../../processing/decode-body.ts';
import { readItems } from '../../processing/read-items.ts';
import { type Answer, answerOf, Reply, type Session } from '../upstream.ts';

/** An upstream that does not do what its documentation says. */
export interface HostileUpstream {
  /** `when the upstream …`. */
  readonly does: string;
  readonly begin: () => Session;
}

/** Bodies of a shape that nobody has asked for. */
const strangeBodies: readonly unknown[] = [null, [], {}, 42, '"text"', [null], '[[[]]]', '<html>', ''];

/** The ways in which an upstream can go wrong, all made of the first page that it sent in earnest. */
export function hostileUpstreams(
  plugin: SourcePlugin,
  first: Answer,
  honest: () => Session,
): readonly HostileUpstream[] {
  const always = (does: string, answer: () => Answer): HostileUpstream => ({ does, begin: () => answer });
  const empty = withoutItems(plugin, first);
  let words = 0;
  const text = new TextDecoder().decode(first.body);
  return [
    always('sends its first page for every request', () => first),
    always('sends the items of its first page for every request, in other words', () => ({
      ...first,
      body: new TextEncoder().encode(text + ' '.repeat((words += 1))),
    })),
    ...(empty === undefined ? [] : [always('sends pages without items only', () => empty)]),
    ...strangeBodies.map((body) => {
      const answer = answerOf(new Reply(body, first.status, first.headers));
      return always(`sends ${JSON.stringify(body)} for every request`, () => answer);
    }),
    ...shrinking(plugin, first, honest),
  ];
}

/** The page, with its list emptied in place; undefined where `items` makes a list of its own. */
function withoutItems(plugin: SourcePlugin, { body, ...rest }: Answer): Answer | undefined {
  const decoded = decodeBody(body, '');
  if (!decoded.ok) return undefined;
  const items = readItems(decoded.body, plugin);
  if ('ok' in items || items.length === 0) return undefined;
  (items as unknown[]).length = 0;
  const emptied = answerOf(decoded.body).body;
  return emptied.length < body.length ? { ...rest, body: emptied } : undefined;
}

/** An upstream that declares one item less each time it is asked. */
function shrinking(plugin: SourcePlugin, first: Answer, honest: () => Session): readonly HostileUpstream[] {
  const decoded = decodeBody(first.body, '');
  const total = decoded.ok ? totalIn(plugin, decoded.body) : undefined;
  if (total === undefined) return [];
  const digits = new RegExp(`(":\\s*"?)${total}(?=\\b)`, 'g');
  return [
    {
      does: 'declares a smaller total each time',
      begin() {
        const session = honest();
        let less = 0;
        return (request) => {
          const answer = session(request);
          if (answer === undefined || !('body' in answer)) return answer;
          less += 1;
          const text = new TextDecoder().decode(answer.body).replace(digits, `$1${Math.max(0, total - less)}`);
          return { ...answer, body: new TextEncoder().encode(text) };
        };
      },
    },
  ];
}

function totalIn({ pagination }: SourcePlugin, body: unknown): number | undefined {
  try {
    const total = pagination.totalInBody?.(body as never);
    return typeof total === 'number' ? total : undefined;
  } catch {
    return undefined;
  }
}

/** Every third page fails: so few that the breaker stays closed. */
const oneIn = 3;

/** An honest upstream that breaks the connection the first time it is asked for every third page. */
export function stumbling(honest: Session): Session {
  const asked = new Set<string>();
  return (request) => {
    const target = `${request.method} ${request.url.href} ${request.body ?? ''}`;
    if (asked.has(target)) return honest(request);
    asked.add(target);
    if (asked.size % oneIn !== 1) return honest(request);
    return new SluiceError('network_error', 'the connection was reset', { retryable: true });
  };
}
