import type { Batch, Logger } from '../../../core/plugin.ts';
import { makeHoldable } from './holdable.ts';

/** Lines of JSON that wait for the next commit: at most what a run writes between two, 8 MiB and a page. */
export interface Pending {
  readonly lines: readonly Uint8Array<ArrayBuffer>[];
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
  let lines: Uint8Array<ArrayBuffer>[] = [];
  let replaced = 0;
  const kinds = nul ? 'half characters' : 'NUL or half characters';
  return {
    get lines() {
      return lines;
    },
    add(batch) {
      const held = makeHoldable(batch.ndjson, { nul });
      lines.push(held.lines);
      if (held.changed === 0) return;
      if (replaced === 0)
        logger.warn(`${database} can't hold ${kinds}: each becomes U+FFFD, first in the record ${held.first ?? ''}`);
      replaced += held.changed;
    },
    clear() {
      lines = [];
    },
    tellReplaced() {
      if (replaced > 0) logger.warn(`${replaced} records held ${kinds}, which became U+FFFD`);
    },
  };
}
