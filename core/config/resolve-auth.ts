import type { Auth } from '../contracts/auth.ts';
import { authProblems } from '../registry/auth-problems.ts';
import { isPluginEntry } from '../registry/inline-plugin.ts';
import { property } from '../unknown.ts';
import { interpolate, type Interpolated, type InterpolateOptions } from './interpolate.ts';
import { type ConfigIssue, type ConfigPath, pathText } from './issues.ts';
import type { SourceDraft } from './resolve-sources.ts';

/** What the sources prove themselves by, with the environment and the files put in. */
export interface ResolvedAuths extends Pick<Interpolated, 'values' | 'fileValues' | 'issues'> {
  /** Place of the source in the config → its auth. */
  readonly byIndex: ReadonlyMap<number, Auth>;
}

/**
 * Resolves the auth of every source: what its entry says, which is interpolated with the rest of the config, else what
 * its plugin declares.
 */
export function resolveAuths(
  drafts: readonly SourceDraft[],
  entries: readonly unknown[],
  options: InterpolateOptions,
): ResolvedAuths {
  const byIndex = new Map<number, Auth>();
  const values: string[] = [];
  const fileValues: string[] = [];
  const issues: ConfigIssue[] = [];
  for (const { index, plugin } of drafts) {
    const path: ConfigPath = ['sources', index, 'auth'];
    // An entry that is the plugin itself declares, it does not override.
    const own = isPluginEntry(entries[index]) ? undefined : property(entries[index], 'auth');
    let auth = own as Auth | undefined;
    if (own === undefined && plugin.auth !== undefined) {
      const resolved = interpolate(plugin.auth, options, path);
      auth = resolved.config as Auth;
      values.push(...resolved.values);
      fileValues.push(...resolved.fileValues);
      issues.push(...resolved.issues);
      if (resolved.issues.length > 0) continue;
    }
    if (auth === undefined) continue;
    issues.push(...unsendable(auth, path), ...(own === undefined ? unfit(auth, path) : []));
    byIndex.set(index, auth);
  }
  return { byIndex, values, fileValues, issues };
}

/** Values that no header can hold, where that is their place. */
function unsendable(auth: Auth, path: ConfigPath): readonly ConfigIssue[] {
  const key = auth.kind === 'bearer' ? 'token' : auth.kind === 'api-key' && auth.query === undefined ? 'value' : '';
  const value = property(auth, key);
  if (typeof value !== 'string' || /^[\t\x20-\x7e\x80-\xff]*$/.test(value)) return [];
  const problem = "holds a character that a header can't have, such as a line break";
  return [{ code: 'config_invalid', path: pathText([...path, key]), problem, hints: [] }];
}

/** What a plugin's values turned out to be, once they were put in; those of an entry are the schema's to check. */
function unfit(auth: Auth, path: ConfigPath): readonly ConfigIssue[] {
  return authProblems(auth).map((problem) => ({
    code: 'config_invalid',
    path: pathText(path),
    problem,
    hints: ['an empty value may come from a variable that is set to nothing'],
  }));
}
