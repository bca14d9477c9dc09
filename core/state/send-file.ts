import { closeSync, constants, fstatSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs';
import { property } from '../unknown.ts';

/** One moment on two clocks: the system's date, and the time since the machine started. In milliseconds. */
export interface Moment {
  readonly date: number;
  readonly uptime: number;
}

/** What one place of the file says. */
export interface SendRecord {
  /** When it was; undefined while it may still happen, and where the place can't be read. */
  readonly at: Moment | undefined;
  /** How many sends it stands for, or the length of the pause. 0: the place is free. */
  readonly value: number;
}

/** An open file of records, written place by place. Throws the system's errors. */
export interface SendFile {
  write(place: number, record: SendRecord): void;
  close(): void;
}

/** A place that nothing stands in. */
export const freePlace: SendRecord = { at: { date: 0, uptime: 0 }, value: 0 };

/**
 * Date, uptime, value, and their sum as a check; each a double, little endian. 32 bytes divide every page of memory,
 * so a record lies in one, and a kill can't come in the middle of its write.
 */
const recordBytes = 32;
/** In the place of a first record: what the file is, and the version of its form. */
const signature = Buffer.from('sluice sends, form 1\n'.padEnd(recordBytes, '\0'));
/** Far more than any file that was written here: what is longer is something else. */
const mostBytes = 4_000_000;

/** The file's records; undefined where there is no file. Throws where it can't be read, or is not one of these. */
export function readSendFile(path: string): readonly SendRecord[] | undefined {
  const bytes = readBytes(path);
  if (bytes === undefined) return undefined;
  if (!bytes.subarray(0, recordBytes).equals(signature)) throw new Error('it holds something else');
  const records: SendRecord[] = [];
  for (let offset = recordBytes; offset < bytes.length; offset += recordBytes) records.push(decode(bytes, offset));
  return records;
}

/**
 * Puts a file of `records` in the place of what is there, in one step, with free places up to `places`. What is written
 * goes to the system's cache: it survives any end of the process, not a crash of the machine. Syncing each would cost
 * milliseconds, and a machine takes its time to come back.
 */
export function createSendFile(path: string, records: readonly SendRecord[], places: number): SendFile {
  const { O_WRONLY, O_CREAT, O_TRUNC, O_NOFOLLOW } = constants;
  const temporary = `${path}.tmp`;
  const descriptor = openSync(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0o600);
  const record = Buffer.alloc(recordBytes);
  try {
    // The free places take their room on the disk now: it may be full later.
    const whole = Buffer.alloc(recordBytes * (1 + Math.max(places, records.length)));
    signature.copy(whole);
    for (const [place, one] of records.entries()) encode(one, whole, recordBytes * (1 + place));
    writeWhole(descriptor, whole, 0);
    renameSync(temporary, path);
  } catch (error) {
    closeSync(descriptor);
    rmSync(temporary, { force: true });
    throw error;
  }
  return {
    write(place, change) {
      encode(change, record, 0);
      writeWhole(descriptor, record, recordBytes * (1 + place));
    },
    close: () => closeSync(descriptor),
  };
}

function readBytes(path: string): Buffer | undefined {
  let descriptor: number;
  try {
    // Not to wait for a writer where somebody put a pipe there.
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (property(error, 'code') === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const found = fstatSync(descriptor);
    if (!found.isFile()) throw new Error('it is no regular file');
    if (found.size > mostBytes) throw new Error(`it has ${found.size} bytes`);
    const bytes = Buffer.alloc(found.size);
    let done = 0;
    for (let read = -1; read !== 0 && done < bytes.length; done += read) {
      read = readSync(descriptor, bytes, done, bytes.length - done, done);
    }
    return bytes.subarray(0, done);
  } finally {
    closeSync(descriptor);
  }
}

function writeWhole(descriptor: number, bytes: Buffer, at: number): void {
  // The system takes a part only where the disk has no more room.
  if (writeSync(descriptor, bytes, 0, bytes.length, at) < bytes.length) {
    throw Object.assign(new Error('no room for all of it'), { code: 'ENOSPC' });
  }
}

function encode({ at, value }: SendRecord, bytes: Buffer, offset: number): void {
  const { date, uptime } = at ?? { date: 0, uptime: 0 };
  bytes.writeDoubleLE(date, offset);
  bytes.writeDoubleLE(uptime, offset + 8);
  bytes.writeDoubleLE(value, offset + 16);
  // NaN equals nothing: a record without a time reads as one whose time is not known.
  bytes.writeDoubleLE(at === undefined ? Number.NaN : date + uptime + value, offset + 24);
}

function decode(bytes: Buffer, offset: number): SendRecord {
  // The end of a file that was cut short.
  if (offset + recordBytes > bytes.length) return { at: undefined, value: Number.NaN };
  const date = bytes.readDoubleLE(offset);
  const uptime = bytes.readDoubleLE(offset + 8);
  const value = bytes.readDoubleLE(offset + 16);
  const sum = date + uptime + value;
  const certain = Number.isFinite(sum) && bytes.readDoubleLE(offset + 24) === sum;
  return { at: certain ? { date, uptime } : undefined, value };
}
