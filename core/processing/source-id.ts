import type { ItemFault } from './reject.ts';

/**
 * The upstream's id as text, or what is wrong with it. A whole number beyond 2^53 is refused: its last digits
 * were lost when the JSON was parsed, so that two ids could have become one.
 */
export function sourceId(id: unknown): string | ItemFault {
  switch (typeof id) {
    case 'number':
      if (Number.isSafeInteger(id)) return String(id);
      if (!Number.isFinite(id) || Number.isInteger(id)) return invalid(`${id} is no exact number`);
      return String(id);
    case 'string':
      if (id.trim() === '') return { reason: 'missing_id', field: 'id', message: 'the id is empty' };
      // Half a surrogate pair can't be written as UTF-8: different ids would come out as the same.
      return /\p{Surrogate}/u.test(id) ? invalid('the id holds half a character') : id;
    case 'undefined':
      return { reason: 'missing_id', field: 'id', message: 'there is no id' };
    default:
      if (id === null) return { reason: 'missing_id', field: 'id', message: 'the id is null' };
      return invalid(`an id is text or a number, not ${Array.isArray(id) ? 'a list' : `of type ${typeof id}`}`);
  }
}

function invalid(message: string): ItemFault {
  return { reason: 'invalid_id', field: 'id', message };
}
