import type { RunRecord } from '../../core/index.ts';
import { nameOf } from './label.ts';
import { code, table } from './markdown-text.ts';
import { formatCount } from '../render/text.ts';

type Monitoring = RunRecord['report']['monitoring'];

/** Fits a comment: the page has more. */
const most = { rules: 10, names: 10 } as const;
const order = { failed: 0, rejected: 1, warned: 2, passed: 3 } as const;

/** The rules on quality that were broken, as blocks of lines; a line where all were kept, none where there are none. */
export function qualityParts({ quality }: Monitoring): readonly (readonly string[])[] {
  if (quality === undefined) return [];
  const broken = quality.rules
    .filter(({ state }) => state !== 'passed')
    .toSorted((a, b) => order[a.state] - order[b.state]);
  const kept = quality.rules.length - broken.length;
  const omitted = broken.length - most.rules;
  return [
    [`Quality: ${formatCount(broken.length)} rules broken, ${formatCount(kept)} kept.`],
    table(
      ['rule', 'state', 'broke it', 'first example'],
      broken
        .slice(0, most.rules)
        .map(({ name, state, failed, examples: [first] }) => [
          code(name),
          state,
          formatCount(failed),
          first === undefined ? '–' : code(`${first.record}: ${first.message}`),
        ]),
    ),
    omitted > 0 ? [`… and ${formatCount(omitted)} more broken rules.`] : [],
  ];
}

/** Categories that the mapping of the config lacks; nothing where there are none. */
export function unmappedLine({ categories }: Monitoring): readonly string[] {
  const names = Object.entries(categories?.unmapped ?? {});
  if (names.length === 0) return [];
  const shown = names.slice(0, most.names).map(([name, count]) => `${formatCount(count)} ${code(nameOf(name))}`);
  const more = names.length > most.names ? [`${formatCount(names.length - most.names)} more names`] : [];
  return [`Outside of the mapping: ${[...shown, ...more].join(', ')}.`];
}
