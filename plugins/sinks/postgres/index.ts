import { z } from 'zod';
import { defineSink, type SinkContext } from '../../../core/plugin.ts';
import { checkPostgresTable, openPostgresWriter, type PostgresWriterOptions } from './writer.ts';

const options = z.strictObject({
  url: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'a URL such as "postgres://user@host/database", best as "${DATABASE_URL}"')
    .optional()
    .describe('where the server is; the variables PGHOST, PGUSER, PGPASSWORD, PGDATABASE, … by default'),
  schema: z.string().min(1).default('public').describe('the schema of the table, which must be there'),
  table: z.string().min(1).optional().describe("the table; the model's name by default"),
});

type Options = z.infer<typeof options>;

/** Records in a table of a PostgreSQL server, by id. Needs `pg` and `pg-copy-streams`. */
export default defineSink({
  name: 'postgres',
  options,
  // Records go in by their id, so that of two that write one of them, either may be the last.
  distributed: 'direct',
  requires: ['pg', 'pg-copy-streams'],
  open: (context, given, position) => openPostgresWriter(context, resolved(context, given), position),
  check: (context, given) => checkPostgresTable(context, resolved(context, given)),
});

function resolved({ model }: SinkContext, { url, schema, table }: Options): PostgresWriterOptions {
  return { url, schema, table: table ?? model.name };
}
