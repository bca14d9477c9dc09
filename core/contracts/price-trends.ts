/** An amount of money: exact, and near enough to draw it. */
export interface Amount {
  /** A plain decimal number with at least two digits after the point, such as `19.90`. Never rounded, unless its field says so. */
  readonly text: string;
  /** The binary number next to it, for drawing alone. */
  readonly number: number;
}

/** A product in a list of trends. */
export interface SeenProduct {
  readonly id: string;
  readonly source: string;
  readonly title: string | null;
  readonly category: string | null;
  readonly currency: string | null;
  /** In the run that has seen it last; null where it had none. */
  readonly price: Amount | null;
}

/** What a product costs now, beside what it cost when an earlier run saw it last with a price. */
export interface PriceChange extends Omit<SeenProduct, 'price'> {
  readonly before: Amount;
  readonly after: Amount;
  /** `after` − `before`, exact: negative where it fell. */
  readonly change: Amount;
  /** `change` in percent of the size of `before`, rounded to hundredths; null where that was 0. */
  readonly percent: number | null;
  /** The run that saw the price `before`. */
  readonly last_seen_run_id: string;
}

/** The prices of a group of products in one run. */
export interface PricePoint {
  readonly run_id: string;
  /** When the run began; ISO 8601. */
  readonly started_at: string;
  /** Products with a price. */
  readonly count: number;
  /** Exact: of an even count, halfway between the two in the middle. */
  readonly median: Amount;
  /** Rounded half away from zero to the digits that the prices have, at least two. */
  readonly mean: Amount;
}

/** How the prices of a group went over the runs. */
export interface PriceSeries {
  /** Name of the source, or of the category; `''` stands for products without one. */
  readonly name: string;
  /** Amounts of two currencies are never put together. Null where none is said. */
  readonly currency: string | null;
  /** The last runs in which the group had a price, the oldest first, this run last; at most 30. */
  readonly points: readonly PricePoint[];
}

/** How the prices of a run differ from those of earlier runs. Left out of a report where no history is kept. */
export interface PriceTrends {
  /** Runs that the history holds, this one among them. */
  readonly runs: number;
  /** The newest earlier run; null where this is the first. */
  readonly compared_run_id: string | null;
  readonly products: {
    /** Products with a price now and in an earlier run, in the same currency: `risen + fallen + unchanged`. */
    readonly compared: number;
    readonly risen: number;
    readonly fallen: number;
    readonly unchanged: number;
    /** Never seen before, of sources that an earlier run has read to their end. */
    readonly new: number;
    /**
     * In the last run that has read their source to its end, and not in this one, which has done so too. What is in
     * `gone_unknown` has none.
     */
    readonly gone: number;
  };
  /** The largest rises in percent, at most 10. */
  readonly risers: readonly PriceChange[];
  /** The largest falls in percent, at most 10. */
  readonly fallers: readonly PriceChange[];
  /** The first of the new ones by id, at most 10. */
  readonly new_products: readonly SeenProduct[];
  /** The first of those that are gone by id, at most 10. */
  readonly gone_products: readonly SeenProduct[];
  /** Sources of which it can't be said what is gone: this run has not read all of them, or no earlier one has. */
  readonly gone_unknown: readonly string[];
  /** The sources in the order of the config; only those with prices. */
  readonly by_source: readonly PriceSeries[];
  /** Over all sources, the largest groups of this run first, at most 50. */
  readonly by_category: readonly PriceSeries[];
}
