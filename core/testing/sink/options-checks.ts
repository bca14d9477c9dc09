import type { SinkPlugin } from '../../contracts/sink.ts';
import { property } from '../../unknown.ts';
import { type Problems, shown, wordsOf } from '../problems.ts';

/** A key that no sink has. */
const unknownKey = 'thereIsNoSuchOption';

/** Checks what a sink does with options, good and bad; returns the good ones as its schema gives them. */
export async function checkOptions(
  { options: schema }: SinkPlugin,
  given: Readonly<Record<string, unknown>>,
  problems: Problems,
): Promise<unknown> {
  if (schema === undefined) {
    if (Object.keys(given).length > 0)
      problems.add('options were given, and the sink takes none: it has no `options` schema');
    return {};
  }
  const validate = async (value: unknown) => {
    try {
      return await schema['~standard'].validate(value);
    } catch (thrown) {
      problems.add(`its options schema throws for ${shown(value)}: ${wordsOf(thrown)}; it must answer with issues`);
      return undefined;
    }
  };
  const good = await validate(given);
  if (good?.issues !== undefined) {
    const messages = good.issues.map(({ message, path }) => `${pathOf(path)}${message}`).join('; ');
    problems.add(`its options schema refuses the options of this test: ${messages}`);
  }
  const misspelt = await validate({ ...given, [unknownKey]: 1 });
  if (misspelt !== undefined && misspelt.issues === undefined)
    problems.add(
      'its options schema takes an option that it does not know, so that a misspelt one is passed over: make it strict',
    );
  for (const value of [null, 42, 'text', []]) {
    const bad = await validate(value);
    if (bad !== undefined && bad.issues === undefined)
      problems.add(`its options schema takes ${shown(value)} for options`);
  }
  return good !== undefined && good.issues === undefined ? good.value : {};
}

function pathOf(path: readonly unknown[] | undefined): string {
  const keys = (path ?? []).map((part) => String(property(part, 'key') ?? part));
  return keys.length === 0 ? '' : `${keys.join('.')}: `;
}
