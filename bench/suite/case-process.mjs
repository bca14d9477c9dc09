/** The process of one case: `node case-process.mjs NUMBER OPTIONS`, forked by `run-case.mjs`. */
import { cases } from './cases.mjs';

const [number, options] = process.argv.slice(2);
const { title, run } = await import(`../cases/${cases[number]}.mjs`);
const { rounds, quick } = JSON.parse(options);
const log = (line) => process.stderr.write(`  ${line}\n`);
const measured = await run({ rounds, quick, log });
process.send({ title, ...measured }, () => process.exit(0));
