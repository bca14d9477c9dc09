import { caseTable, goalTable, heading, machineLine } from './format.mjs';

const begin = '<!-- figures: written by `npm run bench:docs` from bench/results.json -->';
const end = '<!-- end of figures -->';

/** Puts the kept figures into a document, in the place of those that stand between its two marks. */
export function withFigures(document, { machine, cases }) {
  const [before, rest] = document.split(begin);
  const after = rest?.split(end)[1];
  if (after === undefined) throw new Error(`the document has no place for figures: "${begin}" to "${end}"`);
  const days = [...new Set(Object.values(cases).map(({ measuredAt }) => measuredAt.slice(0, 10)))].toSorted((a, b) =>
    a.localeCompare(b),
  );
  const sections = Object.entries(cases).map(
    ([number, measured]) => `### ${heading(number, measured.title)}\n\n${caseTable(measured)}`,
  );
  const figures = [
    `Measured on ${days.join(' and ')}: ${machineLine(machine)}.`,
    '### Goals and what was reached',
    goalTable(cases),
    ...sections,
  ];
  return [before, begin, '\n\n', figures.join('\n\n'), '\n\n', end, after].join('');
}
