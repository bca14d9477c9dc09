import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { SluiceError } from '../errors.ts';
import { makeFolder } from '../make-folder.ts';
import { property } from '../unknown.ts';
import { version } from '../version.ts';
import { identityOf, parseExchange, printExchange, type RecordedExchange } from './exchange.ts';

/** A source as it was recorded. */
export interface RecordedSource {
  readonly name: string;
  /** What was really asked: of an embedded upstream, its place on loopback. */
  readonly baseUrl: string;
}

/** An exchange of a recording, without its bodies: they are read when they are asked for. */
export interface RecordedEntry {
  readonly file: string;
  readonly origin: string;
  readonly identity: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly answered: number;
}

/** A folder of exchanges. */
export interface Recording {
  readonly folder: string;
  readonly sources: readonly RecordedSource[];
  /** In the order in which they were asked for. */
  readonly entries: readonly RecordedEntry[];
  /** The recording was ended, not cut off. */
  readonly complete: boolean;
  /** Throws `recording_failed`. */
  read(entry: RecordedEntry): Promise<RecordedExchange>;
}

/** What the recorder writes into. */
export interface RecordingFolder {
  readonly path: string;
  /** Keeps an exchange, whole or not at all; `number` is its place in the order of the requests, from 1. */
  keep(number: number, exchange: RecordedExchange): Promise<void>;
  /** All that was asked has been kept. */
  end(): Promise<void>;
}

const manifestFile = 'manifest.json';
const exchangeFile = /^\d{5,}-.*\.json$/;
const format = 'sluice-recording';

const manifestSchema = z.object({
  format: z.literal(format),
  version: z.literal(1),
  sources: z.array(z.object({ name: z.string(), baseUrl: z.url() })),
  /** Null until the end: what was cut off says so. */
  exchanges: z.int().nonnegative().nullable(),
});

/** Begins a recording. Throws `recording_failed` where the folder holds anything: nothing is written over. */
export async function createRecordingFolder(
  path: string,
  sources: readonly RecordedSource[],
  date: number,
): Promise<RecordingFolder> {
  const head = { format, version: 1, sluice: version, recorded_at: new Date(date).toISOString(), sources };
  const write = (name: string, text: string): Promise<void> =>
    guard(path, 'written', () => writeWhole(join(path, name), text));
  const manifest = (exchanges: number | null): Promise<void> =>
    write(manifestFile, `${JSON.stringify({ ...head, exchanges }, null, 2)}\n`);
  const found = await guard(path, 'made', async () => {
    await makeFolder(path);
    return readdir(path);
  });
  if (found.length > 0) {
    throw new SluiceError(
      'recording_failed',
      `${path} is not empty, and nothing is recorded over what is there\n  name a new folder, or remove this one`,
    );
  }
  await manifest(null);
  let kept = 0;
  return {
    path,
    async keep(number, exchange) {
      await write(fileName(number, exchange), printExchange(exchange));
      kept += 1;
    },
    end: () => manifest(kept),
  };
}

/** Reads what a recording holds. Throws `recording_failed` that says which file is at fault, and how. */
export async function readRecording(path: string): Promise<Recording> {
  const manifest = await guard(join(path, manifestFile), 'read', async () =>
    manifestSchema.parse(JSON.parse(await readFile(join(path, manifestFile), 'utf8'))),
  );
  const names = (await guard(path, 'read', () => readdir(path))).filter((name) => exchangeFile.test(name)).toSorted();
  const { sources, exchanges } = manifest;
  if (exchanges !== null && names.length !== exchanges) {
    const text = `${path} has ${names.length} exchanges, and its ${manifestFile} says ${exchanges}`;
    throw new SluiceError('recording_failed', `${text}: put back the files that are missing, or correct the number`);
  }
  const load = (file: string): Promise<RecordedExchange> =>
    guard(join(path, file), 'read', async () => parseExchange(await readFile(join(path, file), 'utf8')));
  const entries: RecordedEntry[] = [];
  for (const file of names) {
    const { request, answered } = await load(file);
    const { origin } = new URL(request.url);
    entries.push({ file, origin, identity: identityOf(request), headers: request.headers, answered });
  }
  return { folder: path, sources, entries, complete: exchanges !== null, read: ({ file }) => load(file) };
}

/** `00001-get-products-200.json`: enough to find a page by eye. */
function fileName(number: number, { request, response, failure }: RecordedExchange): string {
  const { pathname } = new URL(request.url);
  const words = pathname.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  const outcome = String(response?.status ?? failure?.code ?? '').replaceAll('_', '-');
  const name = [request.method.toLowerCase(), ...words].join('-').slice(0, 60);
  return `${String(number).padStart(5, '0')}-${name}-${outcome}.json`;
}

/** Whoever looks meanwhile, or after a crash, sees whole files only. */
async function writeWhole(file: string, text: string): Promise<void> {
  await writeFile(`${file}.tmp`, text);
  await rename(`${file}.tmp`, file);
}

async function guard<T>(path: string, verb: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new SluiceError('recording_failed', `${path} can't be ${verb}: ${reasonOf(error)}`, { cause: error });
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof z.ZodError) return z.prettifyError(error);
  if (property(error, 'code') === 'ENOENT') return 'there is no such file or folder';
  return error instanceof Error ? error.message : String(error);
}
