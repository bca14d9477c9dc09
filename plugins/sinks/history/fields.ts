import type { SinkModel } from '../../../core/plugin.ts';
import { dialect } from '../duckdb/dialect.ts';
import { type Column, columnsOf } from '../tables/columns.ts';
import type { ColumnKind } from '../tables/column-kind.ts';
import { quoteName, quoteText } from '../tables/quote.ts';

/** Which fields of a record say what, as the config names them. */
export interface FieldNames {
  readonly value?: string | undefined;
  readonly title?: string | undefined;
  readonly group?: string | undefined;
  readonly currency?: string | undefined;
}

/** What is read out of each record, as expressions over a row of its table. */
export interface FieldExpressions {
  readonly price: string;
  readonly title: string;
  readonly category: string;
  readonly currency: string;
}

/** What a price is kept as: 20 digits before the point, 10 behind it. */
export const priceType = 'DECIMAL(30, 10)';

const numeric: ReadonlySet<ColumnKind> = new Set(['number', 'integer', 'json']);
const usual = { title: 'title', currency: 'currency' } as const;

/**
 * A number as the decimal that an upstream has said: its shortest decimal form. Reading that takes DuckDB 3.5 µs. So a
 * number that comes back from four digits after the point is taken to have no more: below 10^10 that is 14 digits, and of
 * 15 no two are one binary number.
 */
export function exactPrice(text: string, number = `TRY_CAST(${text} AS DOUBLE)`): string {
  const short = `TRY_CAST(${number} AS DECIMAL(18, 4))`;
  return `CASE WHEN abs(${number}) < 1e10 AND CAST(${short} AS DOUBLE) = ${number}
    THEN CAST(${short} AS ${priceType}) ELSE TRY_CAST(${text} AS ${priceType}) END`;
}

/** What keeps a history from being made of a model's records, one sentence each; none where nothing does. */
export function fieldProblems(model: SinkModel, given: FieldNames): readonly string[] {
  const { columns, whole } = tableOf(model);
  const names = namesFor(model, given);
  if (names.value === undefined) {
    return [`the model "${model.name}" does not say what its prices are: name the field as "value"`];
  }
  if (whole) return [];
  const known = columns.map(({ name }) => name);
  const missing = Object.entries(names).flatMap(([role, name]) =>
    known.includes(name) ? [] : [`${role}: the model "${model.name}" has no field "${name}", only ${known.join(', ')}`],
  );
  const price = columns.find(({ name }) => name === names.value);
  if (price === undefined || numeric.has(price.kind)) return missing;
  return [...missing, `value: the field "${price.name}" of the model "${model.name}" is ${price.kind}, not a number`];
}

/** The expressions for a model that has no problems. */
export function fieldExpressions(model: SinkModel, given: FieldNames): FieldExpressions {
  const { columns, whole } = tableOf(model);
  const names = namesFor(model, given);
  const plain = plainPrice(model, given);
  const text = (name: string | undefined): string => {
    if (name === undefined) return 'CAST(NULL AS TEXT)';
    const column = columns.find((each) => each.name === name);
    if (column === undefined || whole)
      return `"record" ->> ${quoteText(`$."${name.replaceAll('"', String.raw`\"`)}"`)}`;
    return column.kind === 'json' ? `${quoteName(name)} ->> '$'` : `CAST(${quoteName(name)} AS TEXT)`;
  };
  return {
    price: exactPrice(text(names['value']), plain === undefined ? undefined : quoteName(plain)),
    title: `left(${text(names['title'])}, 200)`,
    category: text(names['group']),
    currency: text(names['currency']),
  };
}

/** The column that is the price, where it holds plain numbers; undefined elsewhere. */
export function plainPrice(model: SinkModel, given: FieldNames): string | undefined {
  const { columns } = tableOf(model);
  const name = namesFor(model, given)['value'];
  return columns.find((column) => column.name === name && column.kind !== 'json')?.name;
}

/** Those that are not named are the model's own, where it has them. */
function namesFor(model: SinkModel, given: FieldNames): Readonly<Record<string, string>> {
  const { columns } = tableOf(model);
  const has = (name: string): boolean => columns.some((column) => column.name === name);
  const names = {
    value: given.value ?? model.metrics?.value,
    group: given.group ?? model.metrics?.group,
    title: given.title ?? (has(usual.title) ? usual.title : undefined),
    currency: given.currency ?? (has(usual.currency) ? usual.currency : undefined),
  };
  return Object.fromEntries(Object.entries(names).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

function tableOf(model: SinkModel): { readonly columns: readonly Column[]; readonly whole: boolean } {
  const columns = columnsOf(model, dialect.names);
  return { columns, whole: columns.some(({ whole }) => whole === true) };
}
