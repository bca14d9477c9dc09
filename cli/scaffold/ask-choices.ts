import type { Readable, Writable } from 'node:stream';
import { isCancel, multiselect, select, text } from '@clack/prompts';
import type { PluginList } from '../../core/index.ts';
import { type ConfigChoices, defaultChoices } from './config-text.ts';

/** The terminal on which the questions are asked. */
export interface Terminal {
  readonly input: Readable;
  readonly output: Writable;
}

/** Where the file of a sink appears unless somebody says otherwise. */
const paths: Readonly<Record<string, string>> = {
  csv: 'out/products.csv',
  duckdb: 'out/products.duckdb',
  'json-file': 'out/products.json',
  ndjson: 'out/products.ndjson',
  parquet: 'out/products.parquet',
};

const hints: Readonly<Record<string, string>> = {
  csv: 'a file of one record a row, for spreadsheets',
  duckdb: 'a database in a file; needs @duckdb/node-api',
  'json-file': 'one document: summary, records, errors, metrics',
  ndjson: 'a file of one record a line',
  parquet: 'a Parquet file; needs @duckdb/node-api',
  postgres: 'needs pg and pg-copy-streams; a table on the server that PGHOST and the like name',
  stdout: 'one record a line in a pipe, a table on a terminal',
};

/** Asks what a new config is to say. Undefined where whoever is asked gives up, by Ctrl-C or Escape. */
export async function askChoices(plugins: PluginList, terminal: Terminal): Promise<ConfigChoices | undefined> {
  const sources = await multiselect({
    ...terminal,
    message: 'Which sources?',
    options: plugins.sources.map(({ name, baseUrl }) => ({ value: name, hint: baseUrl })),
    initialValues: [...defaultChoices.sources],
    required: true,
  });
  if (isCancel(sources)) return undefined;
  const sink = await select({
    ...terminal,
    message: 'Where to?',
    options: plugins.sinks.map(({ name }) => ({ value: name, ...(hints[name] && { hint: hints[name] }) })),
    initialValue: defaultChoices.sink,
  });
  if (isCancel(sink)) return undefined;
  const usual = paths[sink];
  if (usual === undefined) return { sources, sink };
  const path = await text({
    ...terminal,
    message: 'Into which file? (relative to the config)',
    initialValue: usual,
    validate: (value) => ((value ?? '').trim() === '' ? 'It needs a name.' : undefined),
  });
  return isCancel(path) ? undefined : { sources, sink, path: path.trim() };
}
