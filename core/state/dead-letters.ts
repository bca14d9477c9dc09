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
  /** Hands what was taken to the system, and says how far that is. Never rejects: what can't be written is omitted. */
  flush(): Promise<DeadLetterPosition>;
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
  let broken = false;
  let writing: Promise<void> = Promise.resolve();

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

  async function write(): Promise<void> {
    const lines = waiting;
    waiting = [];
    if (lines.length === 0 || broken) return;
    try {
      await file.append(Buffer.concat(lines));
    } catch (thrown) {
      broken = true;
      onFault(classify(thrown));
    }
  }

  return {
    file: path,
    get kept() {
      return kept;
    },
    get omitted() {
      return omitted;
    },
    record(source, key, { reason, field, index, message, raw, truncated }, at) {
      const why = { code: 'invalid_record', reason, ...(field !== undefined && { field: hide(field) }), index };
      const head = { ...headOf('record', source, key, at), ...why, message: hide(message) };
      // A whole item is JSON already, and stands as that; one that was cut is only text.
      const content = truncated === true ? `"raw_text":${JSON.stringify(hide(raw))}` : `"raw":${hide(raw)}`;
      add(head, content);
    },
    page(source, key, { code, message }, body, at) {
      const head = { ...headOf('page', source, key, at), code, message: hide(message) };
      const text = new TextDecoder('utf-8', { ignoreBOM: true });
      const hidden = Buffer.from(hide(text.decode(body)));
      // Only what is text can hold a secret that has to be found; all else is kept as it came.
      const kept64 = Buffer.from(text.decode(body)).equals(body) ? hidden : Buffer.from(body);
      add(head, `"bytes":"${kept64.toString('base64')}"`);
    },
    async flush() {
      const sealed = { bytes, kept, omitted };
      // One write at a time: the order of the lines is that of their epochs.
      writing = writing.then(write);
      await writing;
      return sealed;
    },
    async close() {
      await writing;
      await file.close();
    },
  };
}
