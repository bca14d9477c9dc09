/** Tables as Markdown: the terminal and the documentation show the same. */

const fewDigits = (value) => {
  if (value === undefined || value === null) return '–';
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en-US');
  return String(Number(value.toPrecision(3)));
};

/** A table with aligned columns. */
function table(head, lines) {
  const all = [head, ...lines];
  const widths = head.map((_, column) => Math.max(3, ...all.map((cells) => cells[column].length)));
  const show = (cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
  return [show(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...lines.map(show)].join('\n');
}

/** What a case measured. */
export function caseTable({ rows, unit }) {
  const withPeak = rows.some(({ peakMb }) => peakMb !== undefined);
  const head = ['', `median, ${unit}`, 'min', 'max', 'rounds', ...(withPeak ? ['peak memory, MB'] : []), 'note'];
  const lines = rows.map(({ name, median, min, max, rounds, peakMb, note, notRun }) => [
    name,
    ...(notRun === undefined ? [median, min, max].map(fewDigits) : ['not run', '–', '–']),
    String(rounds ?? '–'),
    ...(withPeak ? [fewDigits(peakMb)] : []),
    notRun ?? note ?? '',
  ]);
  return table(head, lines);
}

/** Goals of all cases with what was measured. */
export function goalTable(results) {
  const answer = (reached) => (reached === undefined ? 'not measured' : reached ? 'yes' : '**no**');
  const lines = Object.entries(results).flatMap(([number, { goals }]) =>
    goals.map(({ goal, target, measured, reached }) => [number, goal, target, fewDigits(measured), answer(reached)]),
  );
  return table(['case', 'what', 'goal', 'measured', 'reached'], lines);
}

/** One line on the machine. */
export const machineLine = ({ cores, cpu, memoryGb, os, arch, node }) =>
  `${cores} cores (${cpu}), ${memoryGb} GB, ${os} ${arch}, Node ${node}`;

/** The title of a case, after its number where it has one. */
export const heading = (number, title) => (/^\d+$/.test(number) ? `${number}. ${title}` : title);
