import { createRequire } from 'node:module';
import type { PluginLocator } from '../contracts/locator.ts';
import type { SinkPlugin } from '../contracts/sink.ts';

/** The packages that a sink needs and that are not installed, as seen from where it stands. */
export function missingPackages(
  { requires = [] }: Pick<SinkPlugin, 'requires'>,
  locator: PluginLocator,
): readonly string[] {
  // One that stands in a config has been imported by it, with all that it needs.
  if (locator.kind !== 'module') return [];
  const { resolve } = createRequire(locator.url);
  return requires.filter((name) => {
    try {
      resolve(name);
      return false;
    } catch {
      return true;
    }
  });
}
