import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { property } from '../unknown.ts';

/** Where a config may stand in a folder; the first that is there counts. */
export const configPlaces = [
  ...['ts', 'mts', 'js', 'mjs', 'cjs', 'json', 'yaml', 'yml'].map((extension) => `pipeline.config.${extension}`),
  '.pipelinerc',
  ...['json', 'yaml', 'yml', 'ts', 'mts', 'js', 'mjs', 'cjs'].map((extension) => `.pipelinerc.${extension}`),
  'package.json',
];

/** The config that stands in a folder itself, good or bad, without reading it; undefined where there is none. */
export async function configIn(folder: string): Promise<string | undefined> {
  for (const place of configPlaces) {
    const file = join(folder, place);
    if (existsSync(file) && (place !== 'package.json' || (await holdsConfig(file)))) return file;
  }
  return undefined;
}

async function holdsConfig(manifest: string): Promise<boolean> {
  try {
    return property(JSON.parse(await readFile(manifest, 'utf8')) as unknown, 'pipeline') !== undefined;
  } catch {
    return false;
  }
}
