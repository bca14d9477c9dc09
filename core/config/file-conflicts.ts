import { resolve } from 'node:path';
import { classify } from '../errors.ts';
import { type ConfigIssue, issueOf } from './issues.ts';
import type { SinkDraft } from './resolve-sinks.ts';

/** Where the entry of a sink stands in the config. */
type PathOf = (draft: SinkDraft) => string;

/** Sinks that would write the file of an earlier one: the last of them would win without a word. */
export function fileConflicts(drafts: readonly SinkDraft[], baseDir: string, pathOf: PathOf): readonly ConfigIssue[] {
  const writers = new Map<string, string>();
  const issues: ConfigIssue[] = [];
  for (const draft of drafts) {
    const path = pathOf(draft);
    try {
      const named = fileOf(draft);
      if (named === undefined) continue;
      const file = resolve(baseDir, named);
      const other = writers.get(file);
      if (other === undefined) writers.set(file, path);
      else {
        const problem = `writes ${named}, as ${other} does`;
        issues.push({ code: 'config_invalid', path, problem, hints: ['give one of them another path'] });
      }
    } catch (error) {
      issues.push({ ...issueOf([], classify(error)), path });
    }
  }
  return issues;
}

/** The file of a sink as its options name it; what is wrong with them is told already. */
function fileOf({ plugin, options }: SinkDraft): string | undefined {
  return options === undefined ? undefined : plugin.file?.(options);
}
