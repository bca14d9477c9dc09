import { summarize } from '../measure/statistics.mjs';

/** One line of a case's table from what the rounds gave. */
export function row(name, values, extra = {}) {
  return { name, ...summarize(values), rounds: values.length, ...extra };
}

/** A line for what could not be run, and why. */
export const notRun = (name, reason) => ({ name, notRun: reason });
