/** Characters of a message that tell it apart from others: the work is bounded however much an upstream says. */
const comparedCharacters = 300;

/** Texts in quotes, also one whose end was cut off; an apostrophe within a word opens none. */
const quoted = /"(?:[^"\\]|\\.)*(?:"|\\?$)|`[^`]*(?:`|$)|(?<![\p{L}\p{N}])'[^']*(?:'|$)/gu;
/** The value of a query parameter. */
const queryValue = /([?&;][\w.[\]%-]{1,60}=)[^\s&;#"'<>]*/g;
/** Words, numbers, dates, addresses and ids: none of them is split where it holds a digit. */
const word = /[\p{L}\p{N}_%+*-]+(?:[.:,][\p{L}\p{N}_%+*-]+)*/gu;
const listOfValues = /#(?:[\s,;]+#)+/g;

/** Words without a digit that are no word of a language: hexadecimal from 8 characters, anything from 40. */
const opaque = /^(?:[0-9a-f]{8,}|.{40,})$/i;

/**
 * What messages of one kind have in common: numbers, ids, hexadecimal, what stands in quotes and the values of a
 * query are `#`. Linear in the length of the message, of which the first 300 characters count.
 */
export function errorPattern(message: string): string {
  return message
    .slice(0, comparedCharacters)
    .replaceAll(quoted, '#')
    .replaceAll(queryValue, '$1#')
    .replaceAll(word, (text) => (/\p{N}/u.test(text) || opaque.test(text) ? '#' : text))
    .replaceAll(listOfValues, '#');
}

/** A field without its places in lists: `images.3` and `images.4` are at fault for the same reason. */
export function fieldPattern(field: string): string {
  return field.replaceAll(/(?<=^|\.)\d+(?=\.|$)/g, '#');
}
