import { z } from 'zod';

const field = z.string().min(1).exactOptional();

/** The part of the config that says whether, and of which fields, a history of prices is kept. */
export const history = z
  .union([
    z.boolean(),
    z.literal('auto'),
    z
      .strictObject({
        value: field.describe("the field that holds the price; default: the one that the model's metrics measure"),
        title: field.describe('the field that people know a product by; default: "title", where there is one'),
        group: field.describe("the field that holds the category; default: the one that the model's metrics group by"),
        currency: field.describe('the field that holds the currency; default: "currency", where there is one'),
        memoryLimit: z.string().min(1).exactOptional().describe('memory that DuckDB may take; default: 512MB'),
      })
      .describe('the fields that it is made of'),
  ])
  .default(false)
  .describe('whether prices and figures of all runs are kept, for trends; "auto": where DuckDB is installed');

/** What a config may say of its history. */
export type HistoryOptions = Exclude<z.output<typeof history>, boolean | 'auto'>;
