import { expect, it } from 'vitest';
import { loadLibrary } from '../../core/load-library.ts';

it('says what to install where a library is missing', async () => {
  const name: string = 'sluice-not-there';
  const load = (): Promise<unknown> => import(name);
  await expect(loadLibrary('the sink "postgres"', ['pg', 'pg-copy-streams'], load)).rejects.toMatchObject({
    code: 'library_missing',
    message: 'the sink "postgres" needs what is not installed: npm install pg pg-copy-streams',
  });
});

it('passes on what a library that is there throws', async () => {
  const broken = new Error('a binary for another system');
  await expect(loadLibrary('the sink "duckdb"', ['@duckdb/node-api'], () => Promise.reject(broken))).rejects.toBe(
    broken,
  );
});
