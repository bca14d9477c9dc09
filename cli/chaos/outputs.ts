import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { outputFiles } from './chaos-config.ts';

/** The ids of the records that a run wrote, in each of its outputs. */
export type OutputIds = Readonly<Record<keyof typeof outputFiles, readonly string[]>>;

/** How what was delivered stands to what was expected; each record counts once. */
export interface Comparison {
  readonly delivered: number;
  /** Expected, and missing in an output. */
  readonly lost: number;
  /** In an output more than once. */
  readonly doubled: number;
  /** Delivered, and not expected. */
  readonly foreign: number;
}

/** Reads the outputs of a run. Throws where one is missing or can't be read: they appear whole, or not at all. */
export async function readOutputs(folder: string): Promise<OutputIds> {
  const lines = await readFile(join(folder, outputFiles.ndjson), 'utf8');
  const document = JSON.parse(await readFile(join(folder, outputFiles['json-file']), 'utf8')) as {
    readonly products: readonly { readonly id: string }[];
  };
  const records = lines.split('\n').filter((line) => line !== '');
  return {
    ndjson: records.map((line) => (JSON.parse(line) as { readonly id: string }).id),
    'json-file': document.products.map(({ id }) => id),
  };
}

/** Removes the outputs of a run, so that nobody takes them for those of the next. */
export async function removeOutputs(folder: string): Promise<void> {
  await Promise.all(Object.values(outputFiles).map((name) => rm(join(folder, name), { force: true })));
}

/** Compares the outputs of a run with the ids that an undisturbed one delivers. */
export function compareOutputs(outputs: OutputIds, expected: ReadonlySet<string>): Comparison {
  const [lost, doubled, foreign] = [new Set<string>(), new Set<string>(), new Set<string>()];
  for (const ids of Object.values(outputs)) {
    const found = new Set<string>();
    for (const id of ids) {
      if (found.has(id)) doubled.add(id);
      if (!expected.has(id)) foreign.add(id);
      found.add(id);
    }
    for (const id of expected) if (!found.has(id)) lost.add(id);
  }
  return { delivered: expected.size - lost.size, lost: lost.size, doubled: doubled.size, foreign: foreign.size };
}
