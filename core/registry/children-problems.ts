import { isObject, kindOf } from '../unknown.ts';

/** What a field of a plugin must be. */
export interface FieldCheck {
  readonly field: string;
  readonly accepts: (value: unknown) => boolean;
  readonly what: string;
}

/** Names what keeps the dependent resources of a source from being any, one sentence each; none for good ones. */
export function childrenProblems(children: unknown, name: RegExp, checks: readonly FieldCheck[]): readonly string[] {
  if (children === undefined) return [];
  if (!Array.isArray(children)) return ['children must be a list of what defineChild({ … }) makes'];
  const names = new Set<unknown>();
  return children.flatMap((child: unknown, index) => {
    const at = `children[${index}]`;
    if (!isObject(child)) return [`${at} must be made by defineChild({ … }), not ${kindOf(child)}`];
    const problems = checks.flatMap(({ field, accepts, what }) =>
      accepts(child[field]) ? [] : [`${at}.${field} must be ${what}`],
    );
    if (typeof child['name'] !== 'string' || !name.test(child['name'])) {
      problems.push(`${at}.name must be lower-case letters, digits, "-" and "_", beginning with a letter or digit`);
    } else if (names.has(child['name'])) {
      problems.push(`${at}.name is "${child['name']}", as that of another one is: names of children must differ`);
    }
    names.add(child['name']);
    return problems;
  });
}
