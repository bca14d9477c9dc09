import { readdirSync } from 'node:fs';
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
 * What ships, made of the modules that the compiler has put into `build/`: few files, because each takes a third of a
 * millisecond of every start. Packages stay packages.
 */
export default defineConfig([
  {
    input: Object.fromEntries(entries.map((entry) => [entry, `build/${entry}.js`])),
    platform: 'node',
    external: /^[^./]/,
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
