import { defineModel } from '../../../core/plugin.ts';
import { fields, optional, schema } from './schema.ts';

/** The built-in model: what a shop's product looks like, whichever API it comes from. */
export default defineModel({
  name: 'product',
  schema,
  fields,
  optional,
  metrics: { value: 'price', group: 'category' },
});
