import { cleanText, type RunReport } from '../../core/index.ts';
import type { Paint } from './paint.ts';
import { cut, formatCount } from './text.ts';

type Rule = NonNullable<RunReport['monitoring']['quality']>['rules'][number];

/** Rules that are shown; beyond them they are no longer read, and the document holds them all. */
const mostRules = 20;

/** What became of the rules on quality, those that were broken first, each with its first example. */
export function qualityLines(
  { monitoring }: RunReport,
  { width, paint }: { readonly width: number; readonly paint: Paint },
): string[] {
  const rules = monitoring.quality?.rules ?? [];
  const order = { failed: 0, rejected: 1, warned: 2, passed: 3 };
  const shown = rules.toSorted((a, b) => order[a.state] - order[b.state]).slice(0, mostRules);
  const rest = rules.length - shown.length;
  return [
    ...shown.flatMap((rule) => [
      paint(styles[rule.state], cut(`${rule.state} ${cleanText(rule.name)}${told(rule)}`, width)),
      ...rule.examples.slice(0, 1).map(({ record, message }) => {
        return paint('gray', cut(`  ${cleanText(record)}: ${cleanText(message)}`, width));
      }),
    ]),
    ...(rest > 0 ? [paint('gray', cut(`… ${formatCount(rest)} more`, width))] : []),
  ];
}

const styles = { passed: 'green', warned: 'yellow', rejected: 'yellow', failed: 'red' } as const;

/** `: 12 of 40 records`; a rule that nothing broke needs no figures. */
function told({ check, failed, records, sources, action }: Rule): string {
  if (failed === 0) return '';
  if (check === 'minCount') return `: ${formatCount(failed)} of ${formatCount(sources.length)} sources`;
  return action === 'reject'
    ? `: ${formatCount(failed)} rejected`
    : `: ${formatCount(failed)} of ${formatCount(records)} records`;
}
