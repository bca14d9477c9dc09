import { createRequire } from 'node:module';

const manifest = createRequire(import.meta.url)('sluice/package.json') as { readonly version: string };

/** The version of this package, from its manifest: found by name, so that it is the same from the sources and from `dist`. */
export const version = manifest.version;
