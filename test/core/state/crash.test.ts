import { test } from 'vitest';
import { fakeDisk } from '../../support/fake-disk.ts';
import { live } from '../../support/journal-life.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { publishedIds } from '../../support/journal-sink.ts';
test('x', async () => {
  const disk = fakeDisk();
  const t = performance.now();
  const stateDir = await temporaryFolder();
  const { asked, result } = await live({ stateDir, disk, number: 1 });
  console.log(performance.now() - t, disk.operations, asked, JSON.stringify(result?.report, null, 1).slice(0, 6000));
  console.log(publishedIds('one', disk)?.length);
  for (const p of disk.paths()) console.log(p, disk.contents(p)?.toString().slice(0,5000));
});
