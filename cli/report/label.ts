import { cleanText } from '../../core/index.ts';
import { cut } from '../render/text.ts';

/** Wider ones would leave a chart no room. */
const widest = 40;

/** The name of a group from an upstream, fit to be shown: nothing that turns or hides text. */
export function nameOf(group: string): string {
  return cleanText(group, 200) || '(none)';
}

/** The same, short enough to stand beside a chart. */
export function labelOf(group: string): string {
  return cut(nameOf(group), widest);
}
