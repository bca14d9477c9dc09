#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { guardStreams } from './streams.ts';

/** How long after its work the process may be kept alive by what a plugin left open, in milliseconds. */
const lingerMs = 2_000;

const args = process.argv.slice(2);
guardStreams();
process.on('uncaughtException', (thrown: unknown) => void fail(thrown).finally(() => process.exit()));

if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) {
  // Answered before anything is loaded: scripts ask this often.
  process.stdout.write(`${packageVersion()}\n`);
} else {
  // V8 would copy the functions on a page's way into each other, and compile them over and over: a sixth of the processor
  // time of a run of seconds, and no less time for a page of one of minutes. What is small is still copied.
  setFlagsFromString('--max-inlined-bytecode-size-cumulative=0');
  try {
    const { runProgram } = await import('./program.ts');
    process.exitCode = await runProgram(args, packageVersion());
  } catch (thrown) {
    await fail(thrown);
  }
  setTimeout(() => process.exit(), lingerMs).unref();
}

async function fail(thrown: unknown): Promise<void> {
  const { describeFailure, viewOf } = await import('./failure.ts');
  const { text, exitCode } = describeFailure(thrown, viewOf(args));
  process.stderr.write(text);
  process.exitCode = exitCode;
}

function packageVersion(): string {
  // As seen from `dist/cli`, the only place where this file runs.
  const file = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(file) as { version: string }).version;
}
