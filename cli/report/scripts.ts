import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** What the page runs: the chart library as it is published, and what draws with it. */
export interface PageScripts {
  readonly library: string;
  readonly draw: string;
}

/** Reads both from where this program is installed, for a page that needs no network. */
export async function loadScripts(): Promise<PageScripts> {
  // The library's browser bundle lies beside its module; its package exports only that.
  const library = fileURLToPath(new URL('chart.umd.min.js', import.meta.resolve('chart.js')));
  // As compiled: a browser reads no TypeScript.
  const draw = fileURLToPath(new URL('../../cli/report/browser/draw.js', import.meta.url));
  const [libraryText, drawText] = await Promise.all([readFile(library, 'utf8'), readFile(draw, 'utf8')]);
  return { library: withoutSourceMap(libraryText), draw: withoutSourceMap(drawText) };
}

/** A browser's developer tools would ask for a file that is not there. */
function withoutSourceMap(script: string): string {
  return script.replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n');
}
