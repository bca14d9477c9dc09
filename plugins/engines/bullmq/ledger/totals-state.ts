import type { TotalsState } from '../../../../core/engine.ts';
import { listOf, numberOf, type Reply, textOf } from './scripts/script.ts';

/** Fields of a Redis hash. */
export function readFields(reply: Reply | undefined): ReadonlyMap<string, Reply> {
  const flat = listOf(reply);
  const fields = new Map<string, Reply>();
  for (let at = 0; at + 1 < flat.length; at += 2) fields.set(textOf(flat[at]), flat[at + 1] ?? null);
  return fields;
}

/** Totals as the ledger keeps them: of the source's own listing, and of each dependent resource behind its name. */
export function readTotals(fields: ReadonlyMap<string, Reply>): TotalsState {
  const names = new Set(
    [...fields.keys()].flatMap((field) => (field.includes(':') ? [field.split(':')[0] ?? ''] : [])),
  );
  const children = Object.fromEntries([...names].map((name) => [name, part(fields, `${name}:`)]));
  return { ...part(fields, ''), ...(names.size > 0 && { children }) };
}

function part(fields: ReadonlyMap<string, Reply>, prefix: string): TotalsState {
  const count = (field: string): number | undefined =>
    fields.has(prefix + field) ? numberOf(fields.get(prefix + field)) : undefined;
  return {
    items: count('items') ?? 0,
    declared: count('declared'),
    most: count('most'),
    emptyPages: count('empty') ?? 0,
    ...(fields.has(`${prefix}untold`) && { untold: true }),
  };
}
