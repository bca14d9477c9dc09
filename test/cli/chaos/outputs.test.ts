import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compareOutputs, readOutputs, removeOutputs } from '../../../cli/chaos/outputs.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const expected = new Set(['a', 'b', 'c']);

describe('compareOutputs', () => {
  it('finds nothing wrong where both outputs hold each record once, in whatever order', () => {
    expect(compareOutputs({ ndjson: ['c', 'a', 'b'], 'json-file': ['a', 'b', 'c'] }, expected)).toEqual({
      delivered: 3,
      lost: 0,
      doubled: 0,
      foreign: 0,
    });
  });

  it('counts a record that one of the outputs lacks, or has twice, and one that nobody expected', () => {
    expect(compareOutputs({ ndjson: ['a', 'b', 'b', 'b'], 'json-file': ['a', 'b', 'c', 'x'] }, expected)).toEqual({
      delivered: 2,
      lost: 1,
      doubled: 1,
      foreign: 1,
    });
  });
});

describe('readOutputs', () => {
  it('reads the ids of both, and refuses what is not whole', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'records.ndjson'), '{"id":"a"}\n{"id":"b"}\n');
    await writeFile(join(folder, 'document.json'), '{"products":[{"id":"a"}]}');
    expect(await readOutputs(folder)).toEqual({ ndjson: ['a', 'b'], 'json-file': ['a'] });
    await writeFile(join(folder, 'document.json'), '{"products":[{"id":"a"}');
    await expect(readOutputs(folder)).rejects.toThrow(SyntaxError);
    await removeOutputs(folder);
    await expect(readOutputs(folder)).rejects.toThrow('ENOENT');
  });
});
