/**
 * The benchmark suite: `node bench/run.mjs [--only N[,N]] [--rounds K] [--quick] [--check]`, or `npm run bench`. Prints
 * one table a case and one of the goals, and keeps the figures in `bench/results.json`.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { describeMachine } from './measure/machine.mjs';
import { cases } from './suite/cases.mjs';
import { requireBuild } from './suite/dist.mjs';
import { caseTable, goalTable, heading, machineLine } from './suite/format.mjs';
import { keepResults } from './suite/results-file.mjs';
import { runCase } from './suite/run-case.mjs';

const { values } = parseArgs({
  options: {
    /** Cases, by number. Default: all. */
    only: { type: 'string' },
    /** Times that each contestant runs. */
    rounds: { type: 'string', default: '5' },
    /** Small amounts, to see that it works; nothing is kept of the figures. */
    quick: { type: 'boolean', default: false },
    /** Exit with 1 where a goal is missed. */
    check: { type: 'boolean', default: false },
  },
});
const chosen = values.only?.split(',').map((number) => number.trim()) ?? Object.keys(cases);
const unknown = chosen.filter((number) => !Object.hasOwn(cases, number));
if (unknown.length > 0) throw new Error(`no case ${unknown.join(', ')}: there are ${Object.keys(cases).join(', ')}`);
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1) throw new Error(`--rounds is a whole number of at least 1`);

requireBuild();
if (!existsSync(join(import.meta.dirname, 'node_modules'))) {
  execFileSync('npm', ['ci', '--prefix', import.meta.dirname, '--no-audit', '--no-fund'], { stdio: 'inherit' });
}

const machine = describeMachine();
console.log(machineLine(machine));
const results = {};
let failed = false;
for (const number of chosen) {
  process.stderr.write(`case ${number}: ${cases[number]}\n`);
  try {
    const result = await runCase(number, { rounds, quick: values.quick });
    results[number] = { measuredAt: new Date().toISOString().slice(0, 16), ...result };
    console.log(`\n${heading(number, result.title)}\n\n${caseTable(result)}`);
    // At once: what has been measured is not lost with a later case.
    if (!values.quick) keepResults(machine, results);
  } catch (error) {
    failed = true;
    console.error(error.message);
  }
}
console.log(`\nGoals\n\n${goalTable(results)}`);
const missed = Object.values(results).some(({ goals }) => goals.some(({ reached }) => reached === false));
if (failed || (values.check && missed)) process.exitCode = 1;
