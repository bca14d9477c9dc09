import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import ndjson from '../../../../plugins/sinks/ndjson/index.ts';
import { batchOf, kill, records, reportOf, sinkContext } from '../../../support/sinks.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

describe('ndjson', () => {
  it('writes one record a line, in order', async () => {
    const folder = await temporaryFolder();
    const sink = await ndjson.open(sinkContext(folder), { path: 'deep/out.ndjson' });
    await sink.write(batchOf(...records(0, 3)));
    await sink.write(batchOf(...records(3, 5)));
    await sink.close(reportOf());
    const lines = (await readFile(join(folder, 'deep/out.ndjson'), 'utf8')).split('\n');
    expect(lines.pop()).toBe('');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(records(0, 5));
  });

  it('commits a position from which it loses nothing and doubles nothing', async () => {
    const folder = await temporaryFolder();
    const options = { path: 'out.ndjson' };
    const killed = await ndjson.open(sinkContext(folder), options);
    await killed.write(batchOf(...records(0, 2)));
    const position = await killed.commit();
    await killed.write(batchOf(...records(2, 4)));

    await kill(killed, join(folder, '.out.ndjson.run1.tmp'));

    const resumed = await ndjson.open(sinkContext(folder), options, position);
    await resumed.write(batchOf(...records(2, 4)));
    await resumed.close(reportOf());
    const text = await readFile(join(folder, 'out.ndjson'), 'utf8');
    expect(text).toBe(new TextDecoder().decode(batchOf(...records(0, 4)).ndjson));
  });

  it('refuses unknown options and an empty path, and has a default', () => {
    const validate = (value: unknown) => ndjson.options?.['~standard'].validate(value);
    expect(validate({})).toMatchObject({ value: { path: 'out/products.ndjson' } });
    expect(validate({ path: '' })).toHaveProperty('issues');
    expect(validate({ pfad: 'x' })).toHaveProperty('issues');
  });
});
