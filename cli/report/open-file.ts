import { spawn } from 'node:child_process';
import { SluiceError } from '../../core/index.ts';

const openers: Partial<Record<NodeJS.Platform, readonly [command: string, ...args: string[]]>> = {
  darwin: ['open'],
  win32: ['explorer.exe'],
};

/**
 * Shows a file with the program that the system has for it, and does not wait for that to end. Throws `config_invalid`
 * where there is none.
 */
export async function openFile(file: string, platform: NodeJS.Platform = process.platform): Promise<void> {
  const [command, ...args] = openers[platform] ?? ['xdg-open'];
  const child = spawn(command, [...args, file], { detached: true, stdio: 'ignore' });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (cause) => {
      const text = `the report can't be opened: there is no ${command} here; it is in ${file}`;
      reject(new SluiceError('config_invalid', text, { cause }));
    });
  });
  child.unref();
}
