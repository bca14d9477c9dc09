import { summarize } from '../measure/statistics.mjs';

/** One line of a case's table from what the rounds gave. */
export function row(name, values, extra = {}) {
  return { name, ...summarize(values), rounds: values.length, ...extra };
}
