import { styleText } from 'node:util';

export type Style = 'bold' | 'gray' | 'red' | 'yellow' | 'green' | 'cyan';

/** Puts a colour around text, or leaves it as it is. */
export type Paint = (style: Style, text: string) => string;

/** Colours for a stream: none where it is no terminal, or where NO_COLOR or a dumb terminal says so. */
export function createPaint(color: boolean): Paint {
  // Node would look at stdout; whether this stream takes colours is settled here.
  return color ? (style, text) => styleText(style, text, { validateStream: false }) : (_, text) => text;
}

/** Whether a stream is a terminal that shows colours; NO_COLOR and FORCE_COLOR count. */
export function takesColor(stream: { readonly isTTY?: boolean; hasColors?(): boolean }): boolean {
  return stream.isTTY === true && (stream.hasColors?.() ?? false);
}
