import { join } from 'node:path';
import type { Disk } from './disk.ts';

/** Puts a text in the place of a file in one step, lasting: who reads sees the old one or the new one, whole. */
export async function replaceFile(disk: Disk, file: string, text: string): Promise<void> {
  const copy = `${file}.new`;
  await disk.makeFolder(join(file, '..'));
  await disk.remove(copy);
  const handle = await disk.append(copy);
  try {
    await handle.append(new TextEncoder().encode(text));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await disk.rename(copy, file);
}
