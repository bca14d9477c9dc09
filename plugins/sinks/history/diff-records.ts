import type { RecordsDiff, Shift } from '../../../core/plugin.ts';
import { type DuckDatabase, openDuckDatabase } from '../duckdb/connection.ts';
import { quoteText } from '../tables/quote.ts';
import { asJson, type ComparedField, comparedFields, differs, namesOfTypes, typesIn } from './diff-fields.ts';

/** Where the records of two runs are, and how they are compared. */
export interface StoredRuns {
  /** Files with a table `records` each. */
  readonly files: Shift<string>;
  /** Sources whose records the run has all. */
  readonly whole: Shift<ReadonlySet<string>>;
  readonly memoryLimit: string;
  /** Where DuckDB puts what does not fit its memory; removed at the end. */
  readonly overflow: string;
}

const most = { fields: 100, examples: 3, ids: 10, characters: 200 } as const;

/**
 * Compares the records of two runs by id. All is done within DuckDB, in bounded memory: one join, whose differing rows
 * are kept with a flag for each field.
 */
export async function diffRecords({ files, whole, memoryLimit, overflow }: StoredRuns): Promise<RecordsDiff> {
  const database = await openDuckDatabase({ path: ':memory:', memoryLimit });
  try {
    await database.query(`SET temp_directory = ${quoteText(overflow)}`);
    await database.query(`ATTACH ${quoteText(files.before)} AS before_run (READ_ONLY)`);
    await database.query(`ATTACH ${quoteText(files.after)} AS after_run (READ_ONLY)`);
    const tables = { before: 'before_run.main.records', after: 'after_run.main.records' };
    const fields = await comparedFields(database, tables);
    const flags = fields.map((_, index) => `f${index}`);
    await database.query(
      `CREATE TEMP TABLE differing AS
       SELECT * FROM (
         SELECT coalesce(a.id, b.id) AS id, coalesce(a.source, b.source) AS source,
           CASE WHEN b.id IS NULL THEN 'new' WHEN a.id IS NULL THEN 'removed' ELSE 'changed' END AS how,
           ${fields.map((field, index) => `${differs(field)} AS f${index}`).join(', ') || 'false AS none'}
         FROM ${tables.before} b FULL JOIN ${tables.after} a ON a.id = b.id)
       WHERE how <> 'changed' ${flags.map((flag) => `OR ${flag}`).join(' ')}`,
    );
    const changed = await changedFields(database, fields);
    const listed: ChangedField[] = [];
    for (const field of changed.slice(0, most.fields)) listed.push(await withExamples(database, tables, field));
    return {
      sources: await sourcesOf(database, tables, whole),
      fields: listed,
      fields_omitted: changed.length - listed.length,
      drift: await driftOf(database, tables, fields),
      ids: { new: await idsOf(database, 'new'), removed: await idsOf(database, 'removed') },
    };
  } finally {
    await database.close();
  }
}

async function sourcesOf(
  database: DuckDatabase,
  tables: Shift<string>,
  whole: StoredRuns['whole'],
): Promise<RecordsDiff['sources']> {
  const rows = await database.query(
    `SELECT source, sum(was), sum("is"), sum(fresh), sum(gone), sum(changed) FROM (
       SELECT source, count(*) AS was, 0 AS "is", 0 AS fresh, 0 AS gone, 0 AS changed FROM ${tables.before} GROUP BY source
       UNION ALL SELECT source, 0, count(*), 0, 0, 0 FROM ${tables.after} GROUP BY source
       UNION ALL SELECT source, 0, 0, count(*) FILTER (how = 'new'), count(*) FILTER (how = 'removed'),
         count(*) FILTER (how = 'changed') FROM differing GROUP BY source)
     GROUP BY source ORDER BY source`,
  );
  return rows.map(([name, ...counts]) => {
    const source = String(name);
    const [before = 0, after = 0, added = 0, removed = 0, changed = 0] = counts.map(Number);
    return {
      source,
      records: { before, after },
      new: added,
      removed,
      changed,
      unchanged: after - added - changed,
      whole: { before: whole.before.has(source), after: whole.after.has(source) },
    };
  });
}

type ChangedField = RecordsDiff['fields'][number];

interface CountedField {
  readonly source: string;
  readonly records: number;
  readonly field: ComparedField;
  readonly flag: string;
}

/** Fields that differ in records of both runs, those of most records first. */
async function changedFields(
  database: DuckDatabase,
  fields: readonly ComparedField[],
): Promise<readonly CountedField[]> {
  if (fields.length === 0) return [];
  const counts = fields.map((_, index) => `count(*) FILTER (f${index})`);
  const rows = await database.query(
    `SELECT source, ${counts.join(', ')} FROM differing WHERE how = 'changed' GROUP BY source ORDER BY source`,
  );
  return rows
    .flatMap(([source, ...found]) =>
      fields.map((field, index) => ({
        source: String(source),
        field,
        flag: `f${index}`,
        records: Number(found[index]),
      })),
    )
    .filter(({ records }) => records > 0)
    .toSorted((a, b) => b.records - a.records);
}

async function withExamples(
  database: DuckDatabase,
  tables: Shift<string>,
  { source, field, flag, records }: CountedField,
): Promise<ChangedField> {
  const shown = (side: 'before' | 'after'): string => `left(${asJson(field[side])}, ${most.characters})`;
  // The ids first: few, against which the tables are read.
  const rows = await database.query(
    `SELECT b.id, ${shown('before')}, ${shown('after')}
     FROM (SELECT id FROM differing WHERE how = 'changed' AND source = $1 AND ${flag} ORDER BY id LIMIT ${most.examples}) d
     JOIN ${tables.before} b ON b.id = d.id JOIN ${tables.after} a ON a.id = d.id ORDER BY b.id`,
    [source],
  );
  const examples = rows.map(([id, before, after]) => ({
    id: String(id),
    before: textOf(before),
    after: textOf(after),
  }));
  return { source, field: field.name, records, examples };
}

/** Fields that the records of a source have in one run alone, or with other types; only of sources that both have. */
async function driftOf(
  database: DuckDatabase,
  tables: Shift<string>,
  fields: readonly ComparedField[],
): Promise<RecordsDiff['drift']> {
  if (fields.length === 0) return [];
  const typesOf = async (side: 'before' | 'after'): Promise<ReadonlyMap<string, readonly (readonly string[])[]>> => {
    const alias = side === 'before' ? 'b' : 'a';
    const lists = fields.map((field) => `to_json(${typesIn(field[side])})`);
    const rows = await database.query(
      `SELECT ${alias}.source, ${lists.join(', ')} FROM ${tables[side]} ${alias} GROUP BY ${alias}.source ORDER BY 1`,
    );
    return new Map(
      rows.map(([source, ...found]) => [
        String(source),
        found.map((list) => namesOfTypes(JSON.parse(String(list)) as readonly string[])),
      ]),
    );
  };
  const before = await typesOf('before');
  const after = await typesOf('after');
  return [...after].flatMap(([source, types]) => {
    const earlier = before.get(source);
    if (earlier === undefined) return [];
    return fields.flatMap(({ name: field }, index) => {
      const [was, is] = [earlier[index] ?? [], types[index] ?? []];
      if (was.join() === is.join()) return [];
      const kind = was.length === 0 ? 'appeared' : is.length === 0 ? 'disappeared' : 'type';
      return [{ source, field, kind, types: { before: was, after: is } } as const];
    });
  });
}

async function idsOf(database: DuckDatabase, how: 'new' | 'removed'): Promise<readonly string[]> {
  const rows = await database.query(`SELECT id FROM differing WHERE how = '${how}' ORDER BY id LIMIT ${most.ids}`);
  return rows.map(([id]) => String(id));
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
