import type { SourceFactory } from '../contracts/source-factory.ts';
import { factoryProblems, isSourceFactory } from './source-factory.ts';
import { type PluginKind, pluginProblems, type PluginTypes } from './validate-plugin.ts';

/** What may stand where a config names a plugin of each kind: a source may come as a factory. */
export interface Exported extends Omit<PluginTypes, 'source'> {
  source: PluginTypes['source'] | SourceFactory;
}

/** What keeps a value from being a plugin of that kind or a factory of one, one sentence each; none for a good one. */
export function exportProblems(kind: PluginKind, value: unknown): readonly string[] {
  return kind === 'source' && isSourceFactory(value) ? factoryProblems(value) : pluginProblems(kind, value);
}
