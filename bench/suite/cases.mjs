/** The cases by their number, each a module that exports `title` and `run`, loaded in a process of its own. */
export const cases = {
  1: 'end-to-end',
  2: 'processing',
  3: 'middleware',
  4: 'rate-limited',
  5: 'memory',
  6: 'start-up',
  7: 'growth',
  8: 'document',
  9: 'databases',
  10: 'scale',
  micro: 'micro',
};
