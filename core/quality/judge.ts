import { mostExamples, mostMatches } from './counts.ts';
import type { QualityCounts, QualityExample, QualityReport, QualityRule, RuleReport } from '../contracts/quality.ts';

/** What is known of a source when its rules are judged. */
export interface JudgedSource {
  readonly records: number;
  readonly counts: QualityCounts;
}

/** Says what became of each rule. */
export function judgeQuality(rules: readonly QualityRule[], sourceOf: (name: string) => JudgedSource): QualityReport {
  const reports = rules.map((rule) => judge(rule, sourceOf));
  return { failed: reports.some(({ state }) => state === 'failed'), rules: reports };
}

function judge(rule: QualityRule, sourceOf: (name: string) => JudgedSource): RuleReport {
  const { name, check, action, field = null, sources } = rule;
  const judged = sources.map((source) => ({ source, ...sourceOf(source) }));
  const records = judged.reduce((sum, source) => sum + source.records, 0);
  const examples: QualityExample[] = [];
  let failed = 0;
  for (const { source, records: brought, counts } of judged) {
    const wanted = rule.records ?? 0;
    if (check !== 'minCount') {
      const count = counts.get(name);
      failed += count?.failed ?? 0;
      examples.push(...(count?.examples ?? []));
    } else if (brought < wanted) {
      failed += 1;
      examples.push({ record: source, message: `${brought} records, at least ${wanted} wanted (rule "${name}")` });
    }
  }
  const tolerated = failed === 0 || (action !== 'reject' && check !== 'minCount' && failed <= rule.maxShare * records);
  const state = tolerated ? 'passed' : states[action];
  const shown = examples.slice(0, check === 'match' ? mostMatches : mostExamples);
  return { name, check, action, field, sources, records, failed, state, examples: shown };
}

const states = { warn: 'warned', reject: 'rejected', fail: 'failed' } as const;
