/** A process that takes and gives back locks when its parent says so, and answers `held` or the code of the error. */
import { createJiti } from 'jiti';

const { takeLock } = await createJiti(import.meta.url).import('../../../core/state/lock.ts');
let held;

process.on('message', async ({ take }) => {
  if (take === undefined) {
    await held?.release();
    held = undefined;
    process.send('released');
    return;
  }
  try {
    held = await takeLock(take);
    process.send('held');
  } catch (error) {
    process.send(`${error.code}: ${error.message}`);
  }
});
process.send('ready');
