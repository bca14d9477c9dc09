import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const dist = join(import.meta.dirname, '../../dist');

/** The built command. */
export const pipelineMain = join(dist, 'cli/main.js');

/** The path of a built module, such as `core/http/client.js`. */
const builtPath = (module) => join(dist, module);

/** Loads a built module: what is measured is what is shipped. */
export const loadBuilt = (module) => import(pathToFileURL(builtPath(module)).href);

/** Throws where nothing has been built. */
export function requireBuild() {
  if (!existsSync(pipelineMain)) throw new Error('dist/ is missing: run `npm run build` first');
}
