import { expect, it } from 'vitest';
import { openDuckDatabase } from '../../../../plugins/sinks/duckdb/connection.ts';
import { memoryLimit } from '../../../../plugins/sinks/duckdb/memory-limit.ts';

it.each([
  ['1KB', /^"256MB" or more/],
  ['255 mb', /^"256MB" or more/],
  ['0.2GB', /^"256MB" or more/],
  ['244.1MiB', /^"256MB" or more/],
  ['much', /^a number with KB, MB, GB or TB/],
])('%s is refused in one sentence', (limit, words) => {
  expect(memoryLimit.safeParse(limit).error?.issues).toEqual([
    expect.objectContaining({ message: expect.stringMatching(words) }),
  ]);
});

it.each(['256MB', '244.2MiB', '1GB', '0.5 tib'])('%s is taken', (limit) => {
  expect(memoryLimit.parse(limit)).toBe(limit);
});

it('a statement that does not get by with it tells which option helps', async () => {
  const database = await openDuckDatabase({ path: ':memory:', memoryLimit: '1MB' });
  await expect(database.query('SELECT list(range) FROM range(1000000)')).rejects.toMatchObject({
    code: 'sink_failed',
    message: expect.stringMatching(
      /^DuckDB needs more memory .*: raise its "memoryLimit" \(Out of Memory Error: .*\)$/,
    ),
  });
  await database.close();
});
