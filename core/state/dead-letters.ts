import type { Reject } from '../contracts/batch.ts';
import type { DeadLetterTally } from '../contracts/journal.ts';
import { classify, type SluiceError } from '../errors.ts';
import type { DiskFile } from './disk.ts';

/** How far the dead letters have durably got. */
export interface DeadLetterPosition {
  readonly bytes: number;
  readonly kept: number;
  readonly omitted: number;
}

/** Name under which dead letters stand in the journal beside the sinks: no sink can be called this. */
export const deadLetterSink = '(dead letters)';

export const noLetters: DeadLetterPosition = { bytes: 0, kept: 0, omitted: 0 };

/** Keeps what could not be delivered: a file with one JSON object a line. */
export interface DeadLetters extends DeadLetterTally {
  /** An item that did not become a record. */
  record(source: string, key: string, reject: Reject, at: number): void;
  /** A page that could not be read. */
  page(source: string, key: string, error: SluiceError, bytes: Uint8Array, at: number): void;
  /** Makes what was taken durable, and says how far that is. Never rejects: what can't be written is omitted. */
  flush(): Promise<DeadLetterPosition>;
  /** Never rejects. */
  close(): Promise<void>;
}

export interface DeadLettersOptions {
  readonly path: string;
  readonly file: DiskFile;
  /** Where an earlier life of the run stood. */
  readonly position: DeadLetterPosition;
  /** Bytes that the file may have. */
  readonly maxBytes: number;
  /** Version of each source's plugin. */
  readonly versions: ReadonlyMap<string, string>;
  /** Takes the secrets out of a text, so that they can be put back. */
  readonly hide: (text: string) => string;
  /** Told once where the file can't be written. */
  readonly onFault: (error: SluiceError) => void;
}

/** Goes on with a file that ends at `position`. */
export function createDeadLetters(options: DeadLettersOptions): DeadLetters {
  const { path, file, position, maxBytes, versions, hide, onFault } = options;
  let { bytes, kept, omitted } = position;
  let waiting: Uint8Array[] = [];
  /** Nothing more is written; what had been taken and is not in the file counts as omitted. */
  let broken = false;
  /** How far the file has durably got. */
  let safe: DeadLetterPosition = position;
  let writing: Promise<DeadLetterPosition> = Promise.resolve(position);

  function add(head: Readonly<Record<string, unknown>>, content: string): void {
    const line = Buffer.from(`${JSON.stringify(head).slice(0, -1)},${content}}\n`);
    if (broken || bytes + line.byteLength > maxBytes) {
      omitted += 1;
      return;
    }
    bytes += line.byteLength;
    kept += 1;
    waiting.push(line);
  }

  function headOf(kind: 'record' | 'page', source: string, key: string, at: number): Record<string, unknown> {
    return { at: new Date(at).toISOString(), kind, source, plugin: versions.get(source), page: hide(key) };
  }

  /** Appends lines, and says how far the file has got: `sealed` where that worked. */
  async function write(lines: readonly Uint8Array[], sealed: DeadLetterPosition): Promise<DeadLetterPosition> {
    try {
      if (lines.length > 0 && !broken) {
        await file.append(Buffer.concat(lines));
        await file.sync();
      }
      if (!broken) safe = sealed;
    } catch (thrown) {
      broken = true;
      onFault(classify(thrown));
    }
    return { ...safe, omitted: sealed.omitted + sealed.kept - safe.kept };
  }

  return {
    file: path,
    get kept() {
      return broken ? safe.kept : kept;
    },
    get omitted() {
      return broken ? omitted + kept - safe.kept : omitted;
    },
    record(source, key, { reason, field, index, message, raw, truncated }, at) {
      const why = { code: 'invalid_record', reason, ...(field !== undefined && { field: hide(field) }), index };
      const head = { ...headOf('record', source, key, at), ...why, message: hide(message) };
      add(head, contentOf(hide(raw), truncated === true));
    },
    page(source, key, { code, message }, body, at) {
      const head = { ...headOf('page', source, key, at), code, message: hide(message) };
      const text = new TextDecoder('utf-8', { ignoreBOM: true });
      const hidden = Buffer.from(hide(text.decode(body)));
      // Only what is text can hold a secret that has to be found; all else is kept as it came.
      const kept64 = Buffer.from(text.decode(body)).equals(body) ? hidden : Buffer.from(body);
      add(head, `"bytes":"${kept64.toString('base64')}"`);
    },
    flush() {
      const lines = waiting;
      waiting = [];
      const sealed = { bytes, kept, omitted };
      // One write at a time: the order of the lines is that of their epochs.
      writing = writing.then(() => write(lines, sealed));
      return writing;
    },
    async close() {
      await writing;
      // All that counts is on the disk.
      await file.close().catch(() => undefined);
    },
  };
}

/** A whole item is JSON already, and stands as that; one that was cut is only text. */
function contentOf(raw: string, truncated: boolean): string {
  return !truncated && isJson(raw) ? `"raw":${raw}` : `"raw_text":${JSON.stringify(raw)}`;
}

/** A number that was a secret has left a reference behind that is no JSON. */
function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
