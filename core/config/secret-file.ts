import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { resolve } from 'node:path';

/** Bytes that a file with a secret may have. */
const maxBytes = 64 * 1024;

/** The text of a file, or why there is none; told apart by `ok`. */
export type SecretFile =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly problem: string; readonly hint: string };

/**
 * Reads a secret out of a file, relative to `baseDir`, without the line break at its end. Synchronous: it is read once,
 * before the run, and small.
 */
export function readSecretFile(path: string, baseDir: string): SecretFile {
  const file = resolve(baseDir, path);
  const failed = (problem: string, hint: string): SecretFile => ({ ok: false, problem, hint });
  let bytes: Buffer;
  try {
    const stats = statSync(file);
    if (stats.isDirectory()) return failed(`${file} is a folder`, 'name the file in it');
    // Opening a pipe waits for whoever writes to it, perhaps for ever.
    if (!stats.isFile()) return failed(`${file} is no file`, 'put the secret into a file');
    bytes = readAtMost(file, maxBytes + 1);
  } catch (error) {
    return failed(...whyUnreadable(error, file));
  }
  if (bytes.length > maxBytes)
    return failed(`${file} is larger than 64 KiB`, 'name the file that holds the secret alone');
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes).replace(/\r?\n$/, '');
  } catch {
    return failed(`${file} is not UTF-8 text`, 'encode it, for example in base64');
  }
  return text === '' ? failed(`${file} is empty`, 'put the secret into it') : { ok: true, text };
}

function readAtMost(file: string, length: number): Buffer {
  const buffer = Buffer.alloc(length);
  const descriptor = openSync(file, 'r');
  try {
    let filled = 0;
    // A file of a kernel's own tells no size: it is at its end when nothing more comes.
    for (let read = -1; read !== 0 && filled < length; filled += read) {
      read = readSync(descriptor, buffer, filled, length - filled, null);
    }
    return buffer.subarray(0, filled);
  } finally {
    closeSync(descriptor);
  }
}

function whyUnreadable(error: unknown, file: string): [problem: string, hint: string] {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR') return [`there is no file ${file}`, 'create it, or correct the path'];
  return [`${file} can't be read (${String(code)})`, 'make it readable for the user that runs the pipeline'];
}
