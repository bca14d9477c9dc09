import { describe, expect, it } from 'vitest';
import { fileOf, filesBySource } from '../../../../plugins/sinks/files/file-names.ts';
import duckdb from '../../../../plugins/sinks/duckdb/index.ts';
import parquet from '../../../../plugins/sinks/parquet/index.ts';
import csv from '../../../../plugins/sinks/csv/index.ts';
import jsonFile from '../../../../plugins/sinks/json-file/index.ts';
import ndjson from '../../../../plugins/sinks/ndjson/index.ts';

const context = (...takes: string[]) => ({ baseDir: '/data', takes, startedAt: '2026-03-01T23:59:59.999Z' });

describe('names of files', () => {
  it('are one for all sources, or one for each', () => {
    expect([...filesBySource('out/all.csv', context('a', 'b'))]).toEqual([
      ['a', '/data/out/all.csv'],
      ['b', '/data/out/all.csv'],
    ]);
    expect([...filesBySource('out/{source}/{date}.csv', context('a', 'b')).values()]).toEqual([
      '/data/out/a/2026-03-01.csv',
      '/data/out/b/2026-03-01.csv',
    ]);
  });

  it('hold the day on which the run began', () => {
    expect(fileOf('{date}-{date}.json', context())).toBe('/data/2026-03-01-2026-03-01.json');
  });

  it.each([
    ['../../etc/passwd', '/data/out/___.._etc_passwd.csv'],
    ['..', '/data/out/__.csv'],
    ['.hidden', '/data/out/_hidden.csv'],
    ['', '/data/out/_.csv'],
    ['a/b\\c\u0000d', '/data/out/a_b_c_d.csv'],
    ['{date}', '/data/out/_date_.csv'],
    ['$&', '/data/out/__.csv'],
  ])('lead nowhere else, whatever a source is called: %j', (source, file) => {
    expect(filesBySource('out/{source}.csv', context(source)).get(source)).toBe(file);
  });

  it.each([
    ['a/b', 'a_b'],
    ['Shop', 'shop'],
  ])('are refused where two sources would have one: %s and %s', (one, other) => {
    const names = () => filesBySource('{source}.csv', context(one, other));
    expect(names).toThrow(expect.objectContaining({ code: 'sink_failed' }));
    expect(names).toThrow(`the sources "${one}" and "${other}" would both be written to /data/`);
  });

  it('are refused with a placeholder that stands for nothing', () => {
    const message = (plugin: typeof csv | typeof ndjson | typeof jsonFile, path: string) => {
      const checked = plugin.options?.['~standard'].validate({ path });
      return checked !== undefined && 'issues' in checked ? checked.issues?.map((issue) => issue.message) : undefined;
    };
    const both = '"{day}" stands for nothing: a path may hold {source} and {date}';
    expect(message(csv, '{source}-{day}.csv')).toEqual([both]);
    expect(message(ndjson, '{day}.ndjson')).toEqual([both]);
    expect(message(jsonFile, '{source}.json')).toEqual(['"{source}" stands for nothing: a path may hold {date}']);
    expect(message(csv, '{source}/{date}.csv')).toBeUndefined();
    // A slip of the pen.
    expect(message(ndjson, 'out/{source')).toEqual([both.replace('{day}', '{source')]);
    expect(message(ndjson, 'out/date}')).toEqual([both.replace('{day}', '}')]);
  });

  it.each([duckdb, parquet])('are no placeholders where a sink writes one file', async ({ options }) => {
    const checked = await options?.['~standard'].validate({ path: 'out/{date}.db' });
    expect(checked?.issues).toMatchObject([
      { message: '"{date}" stands for nothing: this sink writes one file, whose path is taken as it stands' },
    ]);
  });
});
