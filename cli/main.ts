#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { watchEnding } from './ending.ts';
import { exitCodes } from './exit-codes.ts';
import { internalErrorText } from './failure-text.ts';
import { guardStreams } from './streams.ts';
import { tuneV8 } from './tune-v8.ts';

const args = process.argv.slice(2);
const json = args.includes('--json');
guardStreams();
const ending = watchEnding(json);
process.on('uncaughtException', (thrown: unknown) => void ending.breakOff(tell(thrown)));

if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) {
  // Answered before anything is loaded: scripts ask this often.
  process.stdout.write(`${packageVersion()}\n`);
  await ending.finish(exitCodes.ok);
} else {
  tuneV8();
  await ending.finish(await carryOut());
}

async function carryOut(): Promise<number> {
  try {
    const { runProgram } = await import('./program.ts');
    return await runProgram(args, packageVersion());
  } catch (thrown) {
    return tell(thrown);
  }
}

/** Tells a failure on stderr, and returns its exit code. Never rejects: what can't be told must not look like success. */
async function tell(thrown: unknown): Promise<number> {
  try {
    const { describeFailure, viewOf } = await import('./failure.ts');
    const { text, exitCode } = describeFailure(thrown, viewOf(args));
    process.stderr.write(text);
    return exitCode;
  } catch (failure) {
    // Without the messages: nothing that knows the secrets is loaded.
    const codes = [thrown, failure].map(codeOf).join(', ');
    const text = `a failure can't be described (${codes}): were the files of sluice replaced or removed while it ran?`;
    process.stderr.write(internalErrorText(text, json));
    return exitCodes.failed;
  }
}

function codeOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return typeof thrown;
  return 'code' in thrown ? String(thrown.code) : thrown.name;
}

function packageVersion(): string {
  // As seen from `dist/cli`, the only place where this file runs.
  const file = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(file) as { version: string }).version;
}
