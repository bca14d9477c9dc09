import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { defineConfig } from 'rolldown';

/** Files that are found by where they lie: a plugin's index, and the upstream that stands in for its API. */
const plugins = readdirSync('build/plugins', { recursive: true })
  .filter((file) => /^\w+\/[^/]+\/(?:index|upstream)\.js$/.test(file))
  .map((file) => `plugins/${file.slice(0, -'.js'.length)}`);

/** What is loaded by its path; the rest is what these share. */
const entries = [
  'cli/main',
  'cli/chaos/child',
  'cli/report/format',
  'core/index',
  'core/plugin',
  'core/engine',
  'core/testing',
  'core/processing/worker',
  'core/registry/load-located',
  ...plugins,
];

/**
 * Packages in CommonJS that a run loads. `import` of such a one reads its text for what it exports, file by file, and the
 * reader alone takes 12 ms to load, in each thread: `require` has no need of it. Whoever updates a package has the update.
 */
const required = new Set([
  '@datadog/sketches-js',
  'commander',
  'cosmiconfig',
  'fastest-levenshtein',
  'reflect-metadata',
  'tsyringe',
]);
const require = createRequire(import.meta.url);
const requirePackages = {
  name: 'require-packages',
  resolveId: (source) => (required.has(source) ? `\0required:${source}` : undefined),
  load(id) {
    const name = /^\0required:(.*)/.exec(id)?.[1];
    if (name === undefined) return undefined;
    if (name === 'tsyringe') require('reflect-metadata');
    const load = `import { createRequire } from 'node:module';\nconst all = createRequire(import.meta.url)('${name}');\n`;
    const names = Object.keys(require(name)).filter((key) => key !== 'default' && key !== '__esModule');
    return `${load}export const { ${names.join(', ')} } = all;`;
  },
};

/**
 * What ships, made of the modules that the compiler has put into `build/`: few files, because each takes a third of a
 * millisecond of every start. Packages stay packages.
 */
export default defineConfig([
  {
    input: Object.fromEntries(entries.map((entry) => [entry, `build/${entry}.js`])),
    platform: 'node',
    external: (id) => /^[^./\0]/.test(id) && !required.has(id),
    plugins: [requirePackages],
    output: {
      dir: 'dist',
      entryFileNames: '[name].js',
      // Two folders deep, as the modules are: they find the plugins, the worker and the page's script from there.
      chunkFileNames: 'core/chunks/[name].js',
    },
  },
  // For a browser, and so a file of its own.
  { input: 'build/cli/report/browser/draw.js', output: { dir: 'dist/cli/report/browser' } },
]);
