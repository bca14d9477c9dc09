import type { Model } from '../contracts/model.ts';
import { classify } from '../errors.ts';
import { missingPackages } from '../registry/missing-packages.ts';
import { describeModel } from '../run/describe-model.ts';
import { type ConfigIssue, issueOf } from './issues.ts';
import type { SinkDraft } from './resolve-sinks.ts';

/** What keeps a sink from being used, whatever its options say: packages that it lacks, a model that it can't take. */
export function sinkIssues(
  { plugin, locator, options }: Pick<SinkDraft, 'plugin' | 'locator' | 'options'>,
  model: Model,
): readonly Omit<ConfigIssue, 'path'>[] {
  const missing = missingPackages(plugin, locator);
  if (missing.length > 0) {
    const hints = [`npm install ${missing.join(' ')}`];
    return [{ code: 'library_missing', problem: 'what it needs is not installed', hints }];
  }
  // What is wrong with them is told already.
  if (options === undefined) return [];
  try {
    const problems = plugin.modelProblems?.(describeModel(model), options) ?? [];
    return problems.map((problem) => ({ code: 'config_invalid', problem, hints: [] }));
  } catch (error) {
    return [issueOf([], classify(error))];
  }
}
