/** How the names of categories are brought together. Plain JSON: it goes to the worker threads as it is. */
export interface CategoryMap {
  /** The model's field that holds the category. */
  readonly field: string;
  /** Name as sources have it, trimmed and in lower case → the name that is written. */
  readonly names: Readonly<Record<string, string>>;
}

/** How often each name came, as sources have it: what the records themselves no longer tell. */
export interface CategoryCounts {
  /** Names of the mapping, in lower case. */
  readonly mapped: Map<string, number>;
  /** Names that the mapping does not have; so many are kept apart, the rest is counted together. */
  readonly unmapped: Map<string, number>;
}

/** What became of the categories of a run. */
export interface CategoryReport {
  /** Name that was written → name that came, in lower case → records. */
  readonly mapped: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Name that was left as it came → records. */
  readonly unmapped: Readonly<Record<string, number>>;
}
