import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { openFile } from '../../../cli/report/open-file.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

afterEach(() => vi.unstubAllEnvs());

describe('openFile', () => {
  it.each([
    ['linux', 'xdg-open'],
    ['darwin', 'open'],
  ] as const)('hands the file to what opens files on %s, as one argument', async (platform, command) => {
    const folder = await temporaryFolder();
    const said = join(folder, 'said');
    await writeFile(join(folder, command), `#!/bin/sh\nprintf '%s|' "$@" > '${said}'\n`, { mode: 0o755 });
    vi.stubEnv('PATH', folder);
    await openFile('/a b/$(x).html', platform);
    await vi.waitFor(async () => expect(await readFile(said, 'utf8')).toBe('/a b/$(x).html|'));
  });

  it('says where the file is when there is nothing that opens it', async () => {
    vi.stubEnv('PATH', await temporaryFolder());
    await expect(openFile('/x.html', 'linux')).rejects.toMatchObject({
      code: 'config_invalid',
      message: "the report can't be opened: there is no xdg-open here; it is in /x.html",
    });
  });
});
