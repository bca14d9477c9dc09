/** What is drawn, as plain data: the page holds it as JSON, and `browser/draw.ts` draws it. */

/** A colour by what it stands for; the page knows which. */
export type Tone = 'blue' | 'green' | 'orange' | 'red' | 'purple' | 'grey' | 'teal' | 'pink' | 'brown' | 'olive';

/** Bars of one series, or of several on top of each other. */
export interface BarsChart {
  readonly kind: 'bars';
  /** Lying, each with room for its label; else standing. */
  readonly lying: boolean;
  readonly labels: readonly string[];
  readonly series: readonly {
    readonly label: string;
    readonly tone: Tone;
    readonly values: readonly (number | null)[];
  }[];
  /** Says what is counted, at the axis. */
  readonly unit: string;
}

/** A box plot of the prices of each group: quartiles and median, the whiskers from the least to the greatest. */
export interface BoxesChart {
  readonly kind: 'boxes';
  readonly labels: readonly string[];
  readonly boxes: readonly {
    readonly min: number;
    readonly p25: number;
    readonly median: number;
    readonly p75: number;
    readonly max: number;
  }[];
}

/** Values over a row of runs, a line for each group. */
export interface LinesChart {
  readonly kind: 'lines';
  /** Says what the values are, at the axis. */
  readonly unit: string;
  /** One for each run, the oldest first. */
  readonly labels: readonly string[];
  readonly lines: readonly {
    readonly label: string;
    readonly tone: Tone;
    /** For each run its value and what is told of it; null where the group had none. */
    readonly points: readonly ({ readonly value: number; readonly text: string } | null)[];
  }[];
}

/** How a request ended. */
export type Outcome = 'answered' | 'retry' | 'failed';

/** Requests on a time axis, one a line; all times in milliseconds. */
export interface WaterfallChart {
  readonly kind: 'waterfall';
  readonly total: number;
  readonly requests: readonly {
    readonly label: string;
    readonly start: number;
    readonly wait: number;
    readonly duration: number;
    readonly outcome: Outcome;
  }[];
  /** Times in which the source was held back as a whole. */
  readonly bands: readonly {
    readonly from: number;
    readonly to: number;
    readonly label: string;
    readonly tone: Tone;
  }[];
}

export type Chart = BarsChart | BoxesChart | LinesChart | WaterfallChart;
