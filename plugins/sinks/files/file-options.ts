import { z } from 'zod';
import { type Placeholder, unknownPlaceholder } from './file-names.ts';
import { type Compression, findCompress, suffixes } from './compression.ts';

/** Options of every sink that writes records to a file, to be extended by the sink's own. */
export function fileOptions(path: string) {
  return z.strictObject({
    path: pathOption(path, ['source', 'date']),
    compress: z
      .enum(['gzip', 'zstd'])
      .refine((compression) => findCompress(compression) !== undefined, {
        error: `this Node, ${process.version}, has no zstd: it came with 22.15; "gzip" works everywhere`,
      })
      .exactOptional()
      .describe('how the file is compressed, and its name ends: .gz or .zst; default: not'),
  });
}

/** Where a file appears, with placeholders: `known` are those that it may hold. */
export function pathOption(path: string, known: readonly [Placeholder, ...Placeholder[]]) {
  const listed = known.map((name) => `{${name}}`).join(' and ');
  return pathWith(known, `a path may hold ${listed}`)
    .default(path)
    .describe(`where the file appears when the run has ended, relative to the config's folder; may hold ${listed}`);
}

/** Where the one file of a sink is. Those of other sinks may be named by source and day: here that is told. */
export function plainPathOption(path: string, description: string) {
  return pathWith([], 'this sink writes one file, whose path is taken as it stands')
    .default(path)
    .describe(`${description}, relative to the config's folder`);
}

function pathWith(known: readonly Placeholder[], allowed: string) {
  return z
    .string()
    .min(1)
    .refine((text) => unknownPlaceholder(text, known) === undefined, {
      error: ({ input }) => `"${unknownPlaceholder(String(input), known)}" stands for nothing: ${allowed}`,
    });
}

/** Gives the name of a compressed file its ending, unless it has it. */
export function withSuffix<Options extends { readonly path: string; readonly compress?: Compression }>(
  options: Options,
): Options {
  const { path, compress } = options;
  const suffix = compress === undefined ? '' : suffixes[compress];
  return path.endsWith(suffix) ? options : { ...options, path: `${path}${suffix}` };
}
