import type { HttpResponse } from '../contracts/http.ts';
import type { UnknownBody } from '../contracts/json.ts';
import type { HeaderMatch, ResponseRule } from '../contracts/response-rule.ts';
import { classify, SluiceError } from '../errors.ts';
import { decodeBody } from '../processing/decode-body.ts';
import { redactUrl } from '../redact.ts';

/** The rule that decides about a response, with its place in the declaration. */
export interface MatchedRule {
  readonly rule: ResponseRule;
  /** `responseActions[0]`: what a message calls it where it has no words of its own. */
  readonly name: string;
}

/**
 * Finds the first rule that a response matches; undefined where none does. The body is parsed at most once, and only
 * for a rule that looks at it and matches in all else. Throws `plugin_invalid` for a predicate that throws or answers
 * with anything but true or false.
 */
export function matchRule(rules: readonly ResponseRule[], response: HttpResponse): MatchedRule | undefined {
  let parsed: { readonly body: UnknownBody | undefined } | undefined;
  for (const [index, rule] of rules.entries()) {
    if (!statusMatches(rule.status, response.status) || !headerMatches(rule.header, response.headers)) continue;
    const matched = { rule, name: `responseActions[${index}]` };
    if (rule.body === undefined) return matched;
    parsed ??= { body: parse(response) };
    if (parsed.body !== undefined && ask(matched, parsed.body, response)) return matched;
  }
  return undefined;
}

function statusMatches(wanted: ResponseRule['status'], status: number): boolean {
  if (wanted === undefined) return true;
  return typeof wanted === 'number' ? wanted === status : wanted.includes(status);
}

function headerMatches(wanted: HeaderMatch | undefined, headers: HttpResponse['headers']): boolean {
  if (wanted === undefined) return true;
  const name = wanted.name.toLowerCase();
  const value = Object.hasOwn(headers, name) ? headers[name] : undefined;
  if (value === undefined || wanted.value === undefined) return value !== undefined;
  // Unlike `test`, `search` remembers nothing from one response to the next, whatever flags the author set.
  return typeof wanted.value === 'string' ? value === wanted.value : value.search(wanted.value) !== -1;
}

/** An object or a list; anything else would make `body.error` throw for what an upstream sent. */
function parse({ body, headers }: HttpResponse): UnknownBody | undefined {
  const decoded = decodeBody(body, headers['content-type'] ?? '');
  if (!decoded.ok || typeof decoded.body !== 'object' || decoded.body === null) return undefined;
  return decoded.body as UnknownBody;
}

function ask({ rule, name }: MatchedRule, body: UnknownBody, { status, url }: HttpResponse): boolean {
  let answer: unknown;
  let problem = 'gave something other than true or false';
  let cause: unknown;
  try {
    answer = rule.body?.(body);
  } catch (thrown) {
    problem = `threw: ${classify(thrown).message}`;
    cause = thrown;
  }
  if (typeof answer === 'boolean') return answer;
  const details = { cause, status, url: redactUrl(url) };
  throw new SluiceError('plugin_invalid', `the body predicate of ${name} ${problem}`, details);
}
