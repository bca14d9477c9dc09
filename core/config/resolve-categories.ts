import type { CategoryMap } from '../contracts/categories.ts';
import type { Model } from '../contracts/model.ts';
import { comparable } from '../quality/categories.ts';
import { type ConfigIssue, pathText } from './issues.ts';

/** The mapping with everything decided, undefined where there is none, and what is wrong with it. */
export interface ResolvedCategories {
  readonly map: CategoryMap | undefined;
  readonly issues: readonly ConfigIssue[];
}

/** Turns lists of names into a look-up by name; a name that is written stands for itself too. */
export function resolveCategories(
  categories: Readonly<Record<string, readonly string[]>> | undefined,
  model: Model | undefined,
): ResolvedCategories {
  if (categories === undefined || model === undefined) return { map: undefined, issues: [] };
  const field = model.metrics?.group;
  if (field === undefined) return { map: undefined, issues: [withoutGroup(model)] };
  const names = new Map<string, string>();
  const issues: ConfigIssue[] = [];
  const put = (name: string, target: string, path: readonly (string | number)[]): void => {
    const other = names.get(comparable(name));
    if (other === undefined || other === target) names.set(comparable(name), target);
    else issues.push(twice(name, other, path));
  };
  for (const target of Object.keys(categories)) put(target, target, ['categories', target]);
  for (const [target, others] of Object.entries(categories))
    others.forEach((name, index) => put(name, target, ['categories', target, index]));
  return { map: { field, names: Object.fromEntries(names) }, issues };
}

function withoutGroup({ name }: Model): ConfigIssue {
  return {
    code: 'config_invalid',
    path: 'categories',
    problem: `the model "${name}" has no field for the category`,
    hints: ['name it in the model as metrics.group, or leave the mapping out'],
  };
}

function twice(name: string, other: string, path: readonly (string | number)[]): ConfigIssue {
  return {
    code: 'config_invalid',
    path: pathText(path),
    problem: `"${name}" stands for "${other}" already`,
    hints: ['names are compared without regard to case and blanks around them, and each can become one category only'],
  };
}
