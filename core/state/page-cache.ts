import { createHash, randomBytes } from 'node:crypto';
import { open, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { KeptPage, PageCache } from '../contracts/page-cache.ts';
import type { SluiceError } from '../errors.ts';
import { makeFolder } from '../make-folder.ts';
import { isObject, property } from '../unknown.ts';
import { stateError } from './state-error.ts';

/** Where pages are kept, and how much of them. */
export interface PageCacheOptions {
  /** Of this source alone. Made on the first page. */
  readonly folder: string;
  /** Bytes that are kept when the cache is closed; what was used longest ago goes first. */
  readonly maxBytes: number;
  /** Keeps new pages, and answers with none: everything is to be asked for anew. Default false. */
  readonly writeOnly?: boolean;
  /** Told of the first failure to write. */
  readonly onFailure: (error: SluiceError) => void;
}

/** What stands before the body, in a line of its own. */
interface Head {
  readonly version: 1;
  readonly etag?: string;
  readonly lastModified?: string;
  readonly headers: Readonly<Record<string, string>>;
  /** SHA-256 of the body: a file is written without waiting for the disk, and a power cut may leave any part of it. */
  readonly sha256: string;
}

const newline = 0x0a;

/** Opens the cache of one source: one file a page, named by the key. */
export function openPageCache({ folder, maxBytes, writeOnly = false, onFailure }: PageCacheOptions): PageCache {
  const fileOf = (key: string): string => join(folder, `${key}.page`);
  let made: Promise<unknown> | undefined;
  let failed = false;

  async function save(key: string, page: KeptPage): Promise<void> {
    await (made ??= makeFolder(folder, 0o700));
    // Under another name first: who reads never finds half a page, and nobody's link is followed.
    const copy = `${fileOf(key)}.${randomBytes(6).toString('hex')}`;
    const handle = await open(copy, 'wx', 0o600);
    try {
      await handle.writev([headOf(page), page.body]);
    } finally {
      await handle.close();
    }
    await rename(copy, fileOf(key));
  }

  return {
    async read(key) {
      if (writeOnly) return undefined;
      try {
        const page = parse(await readFile(fileOf(key)));
        const now = new Date();
        if (page !== undefined) await utimes(fileOf(key), now, now);
        return page;
      } catch {
        // Whatever is in the way of reading it: the page is asked for, and nothing is lost.
        return undefined;
      }
    },
    async write(key, page) {
      try {
        await save(key, page);
      } catch (error) {
        if (!failed) onFailure(stateError(error, `keeping a page in ${folder}`));
        failed = true;
      }
    },
    close: () => trim(folder, maxBytes),
  };
}

function headOf({ body, ...told }: KeptPage): Uint8Array {
  const head: Head = { version: 1, ...told, sha256: sha256(body) };
  return new TextEncoder().encode(`${JSON.stringify(head)}\n`);
}

function parse(bytes: Buffer): KeptPage | undefined {
  const end = bytes.indexOf(newline);
  if (end < 0) return undefined;
  const head: unknown = JSON.parse(bytes.toString('utf8', 0, end));
  // A buffer of its own: it is handed to a thread.
  const body = new Uint8Array(bytes.subarray(end + 1));
  if (!isHead(head) || head.sha256 !== sha256(body)) return undefined;
  const { version: _, sha256: __, ...told } = head;
  return { ...told, body };
}

function isHead(value: unknown): value is Head {
  return property(value, 'version') === 1 && isObject(property(value, 'headers'));
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Removes what was used longest ago, and what a process that was killed has left half written. */
async function trim(folder: string, maxBytes: number): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  const files: { readonly file: string; readonly usedAt: number; readonly size: number }[] = [];
  for (const name of names) {
    const file = join(folder, name);
    const found = await stat(file).catch(() => undefined);
    if (!name.endsWith('.page')) await rm(file, { force: true });
    else if (found !== undefined) files.push({ file, usedAt: found.mtimeMs, size: found.size });
  }
  let kept = 0;
  for (const { file, size } of files.toSorted((a, b) => b.usedAt - a.usedAt)) {
    kept += size;
    if (kept > maxBytes) await rm(file, { force: true });
  }
}
