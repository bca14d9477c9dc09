import type { Dialect } from '../tables/database.ts';

export const dialect: Dialect = {
  name: 'DuckDB',
  jsonType: 'JSON',
  // DuckDB keeps the case of a name, and finds it in any. How long one may be it does not say.
  names: { fold: (name) => name.toLowerCase(), maxBytes: 1024 },
};

/** The schema of every DuckDB file. */
export const schema = 'main';
