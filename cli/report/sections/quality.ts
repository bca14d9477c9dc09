import { html } from 'hono/html';
import type { RunRecord } from '../../../core/index.ts';
import { formatCount } from '../../render/text.ts';
import { folded, type Markup, section, table } from '../markup.ts';

type Rule = NonNullable<RunRecord['report']['monitoring']['quality']>['rules'][number];

const mostRules = 100;
const order = { failed: 0, rejected: 1, warned: 2, passed: 3 } as const;
/** How a state of a rule looks. */
const looks = { failed: 'failed', rejected: 'partial', warned: 'partial', passed: 'complete' } as const;

/** What became of the rules on quality, those that were broken first, each with its first example; and what matches. */
export function quality({ quality: told }: RunRecord['report']['monitoring']): Markup | undefined {
  if (told === undefined) return undefined;
  const rules = told.rules.toSorted((a, b) => order[a.state] - order[b.state]).slice(0, mostRules);
  const rows = rules.map(({ name, state, action, failed, records, examples: [first] }) => [
    name,
    html`<span class="state ${looks[state]}">${state}</span>`,
    action,
    formatCount(failed),
    formatCount(records),
    first === undefined ? '' : `${first.record}: ${first.message}`,
  ]);
  return section(
    'Quality',
    table(
      'Rules on records',
      [['rule'], ['state'], ['when broken'], ['broke it', 'figure'], ['records', 'figure'], ['first example']],
      rows,
    ),
    ...rules.map(matches),
  );
}

/** The records that another source had before. */
function matches({ check, name, failed, examples }: Rule): Markup | undefined {
  if (check !== 'match' || examples.length === 0) return undefined;
  const which = failed > examples.length ? `the first ${examples.length} of ${formatCount(failed)}` : 'all';
  const title = `In several sources (${name}): ${which}`;
  return folded(
    title,
    table(
      title,
      [['record'], ['source before'], ['by']],
      examples.map(({ record, source, message }) => [record, source ?? '', message]),
    ),
  );
}
