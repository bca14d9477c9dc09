/** What a rule looks at; the last three can be told only over the whole run. */
export type QualityCheck = 'notNull' | 'range' | 'pattern' | 'fresh' | 'unique' | 'match' | 'minCount';

/** What a broken rule comes to: it is told, the record is rejected, or the run ends with exit code 3. */
export type QualityAction = 'warn' | 'reject' | 'fail';

/** A rule on the quality of records, with everything decided. Plain JSON: it goes to the worker threads as it is. */
export interface QualityRule {
  readonly name: string;
  readonly check: QualityCheck;
  readonly action: QualityAction;
  /** What it looks at; `match` and `minCount` have none. */
  readonly field?: string | undefined;
  /** `match`: the fields by which records of two sources are taken for the same thing. */
  readonly fields?: readonly string[] | undefined;
  /** `range`: the least that is right. */
  readonly min?: number | undefined;
  /** `range`: the most that is right. */
  readonly max?: number | undefined;
  /** `pattern`: a regular expression, matched anywhere in the text. */
  readonly pattern?: string | undefined;
  /** `fresh`: seconds that may lie between the field's time and that at which the page was processed. */
  readonly maxAgeSeconds?: number | undefined;
  /** `minCount`: records that each of the sources must bring. */
  readonly records?: number | undefined;
  /** Share of the records that may break it before it counts as broken, in [0, 1]. */
  readonly maxShare: number;
  /** Names of the sources that it is for. */
  readonly sources: readonly string[];
}

/** A record that broke a rule. */
export interface QualityExample {
  /** Id of the record; of a source where the rule is about that. */
  readonly record: string;
  readonly message: string;
  /** `match`: the source that had the same thing before. */
  readonly source?: string;
}

/** How often a rule was broken, with the first few records that did it. */
export interface QualityCount {
  failed: number;
  readonly examples: QualityExample[];
}

/** By name of the rule. */
export type QualityCounts = Map<string, QualityCount>;

/** What became of one rule in a run. */
export interface RuleReport {
  readonly name: string;
  readonly check: QualityCheck;
  readonly action: QualityAction;
  readonly field: string | null;
  readonly sources: readonly string[];
  /** Records that its sources brought, those left out that were rejected. */
  readonly records: number;
  /** Records that broke it; sources, for `minCount`. */
  readonly failed: number;
  /** `passed` also where no more than its share of the records broke it. */
  readonly state: 'passed' | 'warned' | 'rejected' | 'failed';
  /** The first 5 of those that broke it; of a `match` the first 100. */
  readonly examples: readonly QualityExample[];
}

/** What became of the rules of a run. */
export interface QualityReport {
  /** A rule whose action is `fail` is broken. */
  readonly failed: boolean;
  readonly rules: readonly RuleReport[];
}
