import { html } from 'hono/html';
import type { RunRecord } from '../../../core/index.ts';
import { formatCount } from '../../render/text.ts';
import { type Markup, section, table } from '../markup.ts';

const mostRules = 100;
const order = { failed: 0, rejected: 1, warned: 2, passed: 3 } as const;
/** How a state of a rule looks. */
const looks = { failed: 'failed', rejected: 'partial', warned: 'partial', passed: 'complete' } as const;

/** What became of the rules on quality, those that were broken first, each with its first example. */
export function quality({ quality: told }: RunRecord['report']['monitoring']): Markup | undefined {
  if (told === undefined) return undefined;
  const rows = told.rules
    .toSorted((a, b) => order[a.state] - order[b.state])
    .slice(0, mostRules)
    .map(({ name, state, action, failed, records, examples: [first] }) => [
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
  );
}
