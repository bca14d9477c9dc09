/** What a row came to: the outcome in words, and what else must hold. */
export interface RowResult {
  readonly outcome: string;
  /** Throws where something that the words do not say is wrong. */
  readonly check: () => void | Promise<void>;
}

/** One row of the fault matrix: a fault, and what must come of it. */
export interface FaultRow {
  readonly group: string;
  readonly fault: string;
  /** The outcome, word for word. */
  readonly expected: string;
  /** It measures memory or keeps the thread busy: no other row runs meanwhile. Default false. */
  readonly alone?: boolean;
  /** Why it can't be run here or yet; the row stands in the table all the same. */
  readonly pending?: string | undefined;
  run(): Promise<RowResult>;
}

/** What a test tells the table of its row. */
export interface RowSeen {
  readonly group: string;
  readonly fault: string;
  readonly expected: string;
  readonly seen: string;
}

declare module 'vitest' {
  interface TaskMeta {
    row?: RowSeen;
  }
}
