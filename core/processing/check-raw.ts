import type { StandardSchemaV1 } from '@standard-schema/spec';
import { SluiceError } from '../errors.ts';
import { isObject, kindOf, property } from '../unknown.ts';
import { askAtOnce } from './check-fields.ts';
import { messageOf } from './message-of.ts';
import type { ItemFault } from './reject.ts';

/** Issues of one item that are told; a schema may find hundreds. */
const mostIssues = 3;

/**
 * Holds a raw item against the schema of its source. Throws `plugin_invalid` for a schema that answers with a promise:
 * that is wrong for every item, whatever it holds.
 */
export function checkRaw(item: unknown, schema: StandardSchemaV1): { readonly value: unknown } | ItemFault {
  const reason = 'invalid_raw';
  try {
    const answer = askAtOnce(schema, item);
    if (answer !== undefined) {
      const { given } = answer;
      if (!isObject(given)) return { reason, message: `the schema answers with ${kindOf(given)}` };
      if (given['issues']) return faultOf(given['issues'] as readonly StandardSchemaV1.Issue[], item);
      if (isObject(given['value'])) return { value: given['value'] };
      return { reason, message: `the schema makes ${kindOf(given['value'])} of the item, not an object` };
    }
  } catch (error) {
    return { reason, message: messageOf(error) };
  }
  throw new SluiceError('plugin_invalid', 'the raw schema of the source answers with a promise');
}

/** The first issue decides on the field; what was found there is told by its kind, for its value may be of any length. */
function faultOf(issues: readonly StandardSchemaV1.Issue[], item: unknown): ItemFault {
  const told = issues.slice(0, mostIssues).map((issue) => {
    const path = pathOf(issue);
    const found = kindOf(path.reduce(property, item));
    return { field: path.join('.'), text: `${messageOf(issue.message)} (found ${found})` };
  });
  const [first] = told;
  const more = told.slice(1).map(({ field, text }) => `; ${field === '' ? '' : `${field}: `}${text}`);
  const message = `${first?.text ?? 'not accepted by the schema'}${more.join('')}`;
  return { reason: 'invalid_raw', message, ...(first !== undefined && first.field !== '' && { field: first.field }) };
}

function pathOf({ path = [] }: StandardSchemaV1.Issue): readonly string[] {
  return path.map((segment) => String(typeof segment === 'object' ? segment.key : segment));
}
