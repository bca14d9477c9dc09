import { z } from 'zod';
import type { RecordFilter } from '../contracts/sink-route.ts';

const value = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/** What an entry of a sink may say about the records that it is given. */
export const routeKeys = {
  sources: z
    .array(z.string().min(1))
    .min(1)
    .exactOptional()
    .describe('names of the sources whose records the sink is given; default: all'),
  filter: z
    .union([
      z
        .custom<Extract<RecordFilter, (...args: never[]) => unknown>>((given) => typeof given === 'function')
        .describe('a function'),
      z.record(z.string().min(1), z.union([value, z.array(value).min(1)])),
    ])
    .exactOptional()
    .describe(
      'fields and the value, or one of several values, that a record must have in each; in a TypeScript or JavaScript config also a function that returns true for a record that the sink is given; default: every record',
    ),
};
