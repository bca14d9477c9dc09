import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

test('the figures of docs/performance.md are those of bench/results.json, none copied by hand', async () => {
  const check = join(import.meta.dirname, '../../bench/docs.mjs');
  const { stderr } = await promisify(execFile)(process.execPath, [check, '--check']);
  expect(stderr).toBe('');
});
