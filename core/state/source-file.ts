import { createHash } from 'node:crypto';
import { join } from 'node:path';

/** Whose file, and where. */
export interface SourceFileOptions {
  readonly folder: string;
  /** The source's name in the run. */
  readonly name: string;
  /** What tells its upstream from others of that name. */
  readonly upstream: string;
  readonly extension: string;
}

/** A file of a source's own, whatever its name is. */
export function sourceFile({ folder, name, upstream, extension }: SourceFileOptions): string {
  // Of the name too: two names may look alike once they are made safe, or to a file system that knows no capitals.
  const mark = createHash('sha256').update(`${name}\n${upstream}`).digest('hex').slice(0, 12);
  const safeName = name.replaceAll(/[^0-9A-Za-z_-]/g, '_').slice(0, 60);
  return join(folder, `${safeName}-${mark}.${extension}`);
}
