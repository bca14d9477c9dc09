import type { MockApi } from '../contracts/mock.ts';
import { createRegistry } from '../registry/registry.ts';

/** Loads the embedded upstream of every built-in source that has one. */
export async function loadBuiltinMocks(): Promise<readonly MockApi[]> {
  const sources = await createRegistry().builtins('source');
  const modules = await Promise.all(sources.map(async ({ plugin }) => plugin.mock?.()));
  return modules.flatMap((module) => (module === undefined ? [] : [module.default]));
}
