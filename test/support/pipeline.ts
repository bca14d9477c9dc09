import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PipelineConfig, RunReport, RunResult, Services } from '../../core/index.ts';
import { createPipeline } from '../../core/index.ts';
import { resolveConfig } from '../../core/config/resolve.ts';
import { silentLogger } from './silent-logger.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** The document of the json-file sink. */
export interface ProductsDocument extends RunReport {
  readonly products: readonly { readonly id: string; readonly source: string; readonly price: number | null }[];
}

export function readDocument(file: string): ProductsDocument {
  return JSON.parse(readFileSync(file, 'utf8')) as ProductsDocument;
}

/** Runs a config on the main thread into a json-file, and reads what it wrote. */
export async function runToFile(
  config: Omit<PipelineConfig, 'sinks'> & Partial<Pick<PipelineConfig, 'sinks'>>,
  services: Services = {},
  signal?: AbortSignal,
): Promise<RunResult & { readonly document: ProductsDocument }> {
  const folder = await temporaryFolder();
  const sinks = [{ use: 'json-file', path: 'out.json' }, ...(config.sinks ?? [])];
  const resolved = await resolveConfig({ workers: { threads: 0 }, ...config, sinks }, { baseDir: folder, env: {} });
  const pipeline = await createPipeline(resolved, { logger: silentLogger, ...services });
  const result = await pipeline.run(signal === undefined ? {} : { signal });
  return { ...result, document: readDocument(join(folder, 'out.json')) };
}
