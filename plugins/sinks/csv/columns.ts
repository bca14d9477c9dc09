import { type SinkModel, SluiceError } from '../../../core/plugin.ts';

type Chosen = readonly string[] | undefined;

/** Why a file can't have these columns: one that no record has, or none chosen where the model says of no fields. */
export function columnProblems(model: SinkModel, chosen: Chosen): readonly string[] {
  const known = knownColumns(model);
  if (known === undefined) {
    const problem = `the model "${model.name}" does not say which fields its records have`;
    return chosen === undefined ? [`${problem}: name the columns in the sink's option "columns"`] : [];
  }
  const unknown = chosen?.filter((column) => !known.includes(column)) ?? [];
  if (unknown.length === 0) return [];
  const columns = `no record of the model "${model.name}" has ${unknown.map((column) => `"${column}"`).join(', ')}`;
  return [`${columns}: columns can be ${known.join(', ')}`];
}

/** The columns of a file: those that were chosen, else all fields of a record. Throws `sink_failed` for what can't be. */
export function columnsOf(model: SinkModel, chosen: Chosen): readonly string[] {
  const [problem] = columnProblems(model, chosen);
  if (problem !== undefined) throw new SluiceError('sink_failed', problem);
  return chosen ?? knownColumns(model) ?? [];
}

function knownColumns(model: SinkModel): readonly string[] | undefined {
  const fields = fieldsOf(model);
  return fields && ['id', 'source', 'source_id', ...fields, 'processed_at'];
}

/** As the model lists them, else as its schema does where that lets no others through. */
function fieldsOf({ fields, jsonSchema }: SinkModel): readonly string[] | undefined {
  if (fields !== undefined) return fields;
  const properties = jsonSchema?.['properties'];
  if (jsonSchema?.['additionalProperties'] !== false || typeof properties !== 'object') return undefined;
  return properties === null ? undefined : Object.keys(properties);
}
