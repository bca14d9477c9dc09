import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const root = join(import.meta.dirname, '../..');

/** The built command. */
export const pipelineMain = join(root, 'dist/cli/main.js');

/** The path of a compiled module, such as `core/http/client.js`: what ships is made of them, and has few files. */
const builtPath = (module) => join(root, 'build', module);

/** Loads a compiled module. */
export const loadBuilt = (module) => import(pathToFileURL(builtPath(module)).href);

/** Throws where nothing has been built. */
export function requireBuild() {
  if (!existsSync(pipelineMain)) throw new Error('dist/ is missing: run `npm run build` first');
}
