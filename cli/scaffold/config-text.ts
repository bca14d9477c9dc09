/** What a new config says. */
export interface ConfigChoices {
  /** Names of built-in sources, at least one. */
  readonly sources: readonly string[];
  /** Name of a built-in sink. */
  readonly sink: string;
  /** Where its file appears, relative to the config; undefined for a sink without one. */
  readonly path?: string | undefined;
}

/** What is taken where nobody is asked: sources that need no account, and the whole document. */
export const defaultChoices: ConfigChoices = {
  sources: ['dummyjson', 'escuelajs', 'jsonplaceholder'],
  sink: 'json-file',
  path: 'out/products.json',
};

/** A config as TypeScript, ready to run. */
export function configText({ sources, sink, path }: ConfigChoices): string {
  const entry = path === undefined ? quoted(sink) : `{ use: ${quoted(sink)}, path: ${quoted(path)} }`;
  return `import { defineConfig } from 'sluice';

export default defineConfig({
  // Names of built-ins, paths such as './sources/shop/shop.ts', npm packages, or entries with settings.
  sources: [${sources.map(quoted).join(', ')}],
  sinks: [${entry}],
  // What is not there after a minute is reported as missing. Without this line a run takes the time it needs.
  deadlineMs: 60_000,
});
`;
}

/** As a text of TypeScript, whatever stands in it. */
function quoted(text: string): string {
  return `'${text.replaceAll(/['\\]/g, String.raw`\$&`)}'`;
}
