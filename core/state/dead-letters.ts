import type { ChildOf } from '../contracts/child.ts';
import type { Reject } from '../contracts/batch.ts';
import type { DeadLetterTally } from '../contracts/journal.ts';
import { classify, type SluiceError } from '../errors.ts';
import type { DiskFile } from './disk.ts';
import type { LetterContent } from './letter-content.ts';

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
  /** An item that did not become a record, and the dependent listing that it came from. */
  record(source: string, key: string, reject: Reject, at: number, child?: ChildOf): void;
  /** A page that could not be read. */
  page(source: string, key: string, error: SluiceError, bytes: Uint8Array, at: number): void;
  /** Counts `count` that nobody could keep. */
  missed(count: number): void;
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
  /** Makes a text for people fit to be kept: keys, fields and messages, which nobody puts together again. */
  readonly clean: (text: string) => string;
  readonly content: LetterContent;
  /** Told once where the file can't be written. */
  readonly onFault: (error: SluiceError) => void;
}

/** Goes on with a file that ends at `position`. */
export function createDeadLetters(options: DeadLettersOptions): DeadLetters {
  const { path, file, position, maxBytes, versions, clean, content, onFault } = options;
  let { bytes, kept, omitted } = position;
  let waiting: Uint8Array[] = [];
  /** Nothing more is written; what had been taken and is not in the file counts as omitted. */
  let broken = false;
  /** How far the file has durably got. */
  let safe: DeadLetterPosition = position;
  let writing: Promise<DeadLetterPosition> = Promise.resolve(position);

  function add(head: Readonly<Record<string, unknown>>, what: string): void {
    const line = Buffer.from(`${JSON.stringify(head).slice(0, -1)},${what}}\n`);
    if (!fits(line.byteLength)) return;
    bytes += line.byteLength;
    kept += 1;
    waiting.push(line);
  }

  /** Whether so much more can be kept; counts what can't. */
  function fits(length: number): boolean {
    if (!broken && bytes + length <= maxBytes) return true;
    omitted += 1;
    return false;
  }

  function headOf(kind: 'record' | 'page', source: string, key: string, at: number): Record<string, unknown> {
    return { at: new Date(at).toISOString(), kind, source, plugin: versions.get(source), page: clean(key) };
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
    record(source, key, { reason, field, index, part, message, broken: against, raw, truncated }, at, child) {
      if (!fits(raw.length)) return;
      const why = {
        code: 'invalid_record',
        reason,
        ...(field !== undefined && { field: clean(field) }),
        rule: against?.rule,
        index,
        part,
      };
      const head = { ...headOf('record', source, key, at), ...why, message: clean(message) };
      // A whole item is JSON already, and stands as that; of what was cut, or can't be put back, people can read the text.
      const item = truncated === true ? undefined : content.item(raw);
      const from = child === undefined ? undefined : content.item(JSON.stringify(child));
      // Without the listing that it came from, an item can't be tried again.
      const whole = item !== undefined && (child === undefined || from !== undefined);
      if (!whole) return add(head, `"raw_text":${JSON.stringify(content.text(raw))}`);
      add(head, from === undefined ? `"raw":${item}` : `"child":${from},"raw":${item}`);
    },
    page(source, key, { code, message }, body, at) {
      // Before it is looked through for secrets: pages may be large.
      if (!fits((body.byteLength / 3) * 4)) return;
      const head = { ...headOf('page', source, key, at), code, message: clean(message) };
      add(head, `"bytes":"${Buffer.from(content.bytes(body)).toString('base64')}"`);
    },
    missed(count) {
      omitted += count;
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
