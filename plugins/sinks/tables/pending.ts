import type { Batch, Logger } from '../../../core/plugin.ts';
import { makeHoldable } from './holdable.ts';

/** Lines of JSON, a record each. */
export interface PendingLines {
  readonly lines: Uint8Array<ArrayBuffer>;
  readonly count: number;
}

/** What waits for the next commit: at most what a run writes between two, 8 MiB and a page. */
export interface Pending {
  readonly batches: readonly PendingLines[];
  add(batch: Batch): void;
  /** They are in the database. */
  clear(): void;
  /** Tells once more, with the number, what could not be held. */
  tellReplaced(): void;
}

export interface PendingOptions {
  /** What the database is called. */
  readonly database: string;
  /** Whether it can hold the character NUL in a text. */
  readonly nul: boolean;
  readonly logger: Logger;
}

export function createPending({ database, nul, logger }: PendingOptions): Pending {
  let batches: PendingLines[] = [];
  let replaced = 0;
  const kinds = nul ? 'half characters' : 'NUL or half characters';
  return {
    get batches() {
      return batches;
    },
    add(batch) {
      const held = makeHoldable(batch.ndjson, { nul });
      batches.push({ lines: held.lines, count: batch.count });
      if (held.changed === 0) return;
      if (replaced === 0)
        logger.warn(`${database} can't hold ${kinds}: each becomes U+FFFD, first in the record ${held.first ?? ''}`);
      replaced += held.changed;
    },
    clear() {
      batches = [];
    },
    tellReplaced() {
      if (replaced > 0) logger.warn(`${replaced} records held ${kinds}, which became U+FFFD`);
    },
  };
}
