import type { SinkPosition } from '../../../../core/engine.ts';
import type { PartPlace } from './part-place.ts';
import { partPosition } from './part-position.ts';

/** One file of records, up to the end that counts. */
export interface AcknowledgedPart {
  readonly source: string;
  readonly path: string;
  /** Where it was written. */
  readonly host: string;
  readonly bytes: number;
  readonly records: number;
  readonly sha256: string;
}

/** How far each session has been acknowledged: session → sink → position, as the ledger keeps it. */
export type Positions = ReadonlyMap<string, ReadonlyMap<string, SinkPosition>>;

/** All parts of one sink that hold something, in a fixed order. */
export function acknowledgedParts(sink: string, place: PartPlace, positions: Positions): readonly AcknowledgedPart[] {
  const parts: AcknowledgedPart[] = [];
  for (const [session, bySink] of positions) {
    const position = bySink.get(sink);
    if (position === undefined) continue;
    const { host, files } = partPosition.parse(position);
    for (const [source, file] of Object.entries(files)) {
      parts.push({ source, path: place.file(session, source), host, ...file });
    }
  }
  return parts.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}
