import { open } from 'node:fs/promises';
import { z } from 'zod';
import { columnKinds } from '../tables/column-kind.ts';
import type { Column } from '../tables/columns.ts';

/** What the first line of a spool file says of the others: enough to load them without the run that wrote them. */
export interface SpoolHead {
  readonly runId: string;
  readonly sink: string;
  readonly load: number;
  readonly table: string;
  readonly columns: readonly Column[];
}

const headLine = z.object({
  spool: z.strictObject({
    runId: z.string(),
    sink: z.string(),
    load: z.int().positive(),
    table: z.string(),
    columns: z.array(
      z
        .strictObject({ name: z.string(), kind: z.enum(columnKinds), whole: z.literal(true).optional() })
        .transform(({ name, kind, whole }): Column => ({ name, kind, ...(whole && { whole }) })),
    ),
  }),
});

/** As a line of JSON that, read as a record, has no id. */
export function spoolHeadLine(head: SpoolHead): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${JSON.stringify({ spool: head })}\n`);
}

/** Bytes read at once. */
const pieceBytes = 64 * 1024;

/** Bytes that a head has at most: what has a longer first line is none. */
const mostBytes = 4 * 1024 * 1024;

/** Reads the head of a file; undefined where its first line is not whole, or no head. */
export async function readSpoolHead(path: string): Promise<SpoolHead | undefined> {
  const handle = await open(path, 'r');
  try {
    const piece = new Uint8Array(pieceBytes);
    let line = '';
    const decoder = new TextDecoder();
    for (let read = 0; read < mostBytes; read += pieceBytes) {
      const { bytesRead } = await handle.read(piece, 0, pieceBytes);
      const end = piece.subarray(0, bytesRead).indexOf(0x0a);
      line += decoder.decode(piece.subarray(0, end === -1 ? bytesRead : end), { stream: true });
      if (end !== -1) return parseHead(line);
      if (bytesRead === 0) break;
    }
    return undefined;
  } finally {
    await handle.close();
  }
}

function parseHead(line: string): SpoolHead | undefined {
  try {
    return headLine.safeParse(JSON.parse(line)).data?.spool;
  } catch {
    return undefined;
  }
}
