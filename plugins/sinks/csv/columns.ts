import { type SinkModel, SluiceError } from '../../../core/plugin.ts';

/**
 * The columns of a file: those that were chosen, else all fields of a record. Throws `sink_failed` for one that no record
 * has, and where none was chosen and the model does not say which fields there are.
 */
export function columnsOf(model: SinkModel, chosen: readonly string[] | undefined): readonly string[] {
  const fields = fieldsOf(model);
  const known = fields && ['id', 'source', 'source_id', ...fields, 'processed_at'];
  if (chosen === undefined) {
    if (known !== undefined) return known;
    const problem = `the model "${model.name}" does not say which fields its records have`;
    throw new SluiceError('sink_failed', `${problem}: name the columns in the sink's option "columns"`);
  }
  const unknown = known && chosen.filter((column) => !known.includes(column));
  if (known !== undefined && unknown !== undefined && unknown.length > 0) {
    const columns = `no record of the model "${model.name}" has ${unknown.map((column) => `"${column}"`).join(', ')}`;
    throw new SluiceError('sink_failed', `${columns}: columns can be ${known.join(', ')}`);
  }
  return chosen;
}

/** As the model lists them, else as its schema does where that lets no others through. */
function fieldsOf({ fields, jsonSchema }: SinkModel): readonly string[] | undefined {
  if (fields !== undefined) return fields;
  const properties = jsonSchema?.['properties'];
  if (jsonSchema?.['additionalProperties'] !== false || typeof properties !== 'object') return undefined;
  return properties === null ? undefined : Object.keys(properties);
}
