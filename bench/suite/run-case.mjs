import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** Runs one case in a process of its own, so that none inherits the heap and the optimised code of another. */
export async function runCase(number, options) {
  const child = fork(join(import.meta.dirname, 'case-process.mjs'), [number, JSON.stringify(options)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  let result;
  child.on('message', (message) => (result = message));
  const [code] = await once(child, 'close');
  if (code !== 0 || result === undefined) throw new Error(`case ${number} failed (exit ${code})`);
  return result;
}
