import { z } from 'zod';

const checks = ['notNull', 'range', 'pattern', 'fresh', 'unique', 'match', 'minCount'] as const;

/** One rule on quality; which of its options go with which check is told by `resolveQuality`. */
const qualityRule = z.strictObject({
  check: z.enum(checks).describe('what is looked at'),
  field: z
    .string()
    .min(1)
    .exactOptional()
    .describe('field of the model that is looked at; every check but match and minCount'),
  fields: z
    .array(z.string().min(1))
    .min(1)
    .max(10)
    .exactOptional()
    .describe('match: fields that tell the same thing in two sources; default: title and brand'),
  action: z
    .enum(['warn', 'reject', 'fail'])
    .default('warn')
    .describe('what a broken rule comes to: a line in the report, a rejected record, or exit code 3'),
  name: z
    .string()
    .min(1)
    .max(100)
    .exactOptional()
    .describe('what the report calls the rule; default: the check and its field'),
  sources: z
    .array(z.string().min(1))
    .min(1)
    .exactOptional()
    .describe('names of the sources that it is for; default: all'),
  maxShare: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe('share of the records that may break the rule before it warns or fails the run'),
  min: z.number().exactOptional().describe('range: the least that is right; default: no bound'),
  max: z.number().exactOptional().describe('range: the most that is right; default: no bound'),
  pattern: z.string().min(1).exactOptional().describe('pattern: a regular expression, matched anywhere in the text'),
  maxAgeSeconds: z
    .int()
    .min(1)
    .max(2_000_000_000)
    .exactOptional()
    .describe('fresh: seconds between the time in the field and that at which the page was processed'),
  records: z
    .int()
    .min(1)
    .max(2_000_000_000)
    .exactOptional()
    .describe('minCount: records that each of the sources must bring'),
});

export const qualityRules = z
  .array(qualityRule)
  .max(100)
  .default([])
  .describe('rules that records are held against; default: none');

/**
 * A rule as it stands in a config. `action` is `warn` by default, `maxShare` 0, `sources` all; `fields`, `min`, `max`, `pattern`,
 * `maxAgeSeconds` and `records` belong to the check of that kind.
 */
export type QualityRuleOptions = Readonly<z.input<typeof qualityRule>>;

export type ParsedRule = z.output<typeof qualityRule>;
