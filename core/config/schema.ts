import { availableParallelism } from 'node:os';
import { z } from 'zod';
import type { Auth } from '../contracts/auth.ts';
import type { NamedMiddleware } from '../contracts/middleware.ts';
import type { Services } from '../contracts/services.ts';
import { history } from './history-schema.ts';
import { qualityRules } from './quality-schema.ts';
import { breaker, milliseconds, retry, timeouts } from './resilience-schema.ts';
import { routeKeys } from './route-keys.ts';
import { isPluginEntry } from '../registry/inline-plugin.ts';
import { authKinds, authProblems } from '../registry/auth-problems.ts';
import { isMiddleware, middlewareForm } from '../registry/middleware-problems.ts';
import { differInLength } from '../registry/rate-limit-problems.ts';
import { pluginName } from '../registry/plugin-name.ts';
import { isBaseUrl } from '../registry/validate-plugin.ts';

const mebibyte = 1024 * 1024;

const bytes = z
  .int()
  .min(1024)
  .max(1024 * mebibyte);

const use = z
  .union([
    z.string().min(1),
    z.custom<object>((value) => typeof value === 'object' && value !== null && !Array.isArray(value)),
  ])
  .describe('name of a built-in plugin, a path relative to the config, or an npm package');

const name = z
  .string()
  .regex(pluginName)
  .describe('lower-case letters, digits, "-" and "_", beginning with a letter or digit');

const baseUrl = z
  .string()
  .refine(isBaseUrl, 'must be an http or https URL without query or fragment')
  .describe("URL against which the paths of requests are resolved; default: the plugin's own");

const headers = z
  .record(
    z.string().regex(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/, 'is no name that a header can have'),
    z.string().regex(/^[\t\x20-\x7e\x80-\xff]*$/, "holds a character that a header can't have, such as a line break"),
  )
  .default({})
  .describe("sent with every request, over the plugin's own");

const rateWindow = z.strictObject({
  requests: z.int().min(1).max(10_000_000).describe('requests that may arrive in any window'),
  perMs: milliseconds.describe('length of the window in milliseconds'),
});

const rateLimit = z
  .union([
    rateWindow,
    z
      .array(rateWindow)
      .min(1)
      .max(8)
      .refine(differInLength, 'has two windows of the same length: the lower number is the limit'),
  ])
  .describe("what the upstream allows, in one window or in several at once; default: the plugin's own");

/** What else each kind needs is told by the same check as for a plugin. */
const auth = z
  .looseObject({ kind: z.enum(authKinds).describe('how the source proves who asks') })
  .superRefine((value, context) => {
    for (const message of authProblems(value)) context.addIssue({ code: 'custom', message });
  })
  .transform((value) => value as unknown as Auth)
  .describe("how the source proves who asks; default: the plugin's own");

const middleware = z.array(z.custom<NamedMiddleware>(isMiddleware, middlewareForm)).default([]);

const sourceEntry = z
  .strictObject({
    use,
    name: name.optional(),
    options: z
      .record(z.string(), z.unknown())
      .optional()
      .describe('plain JSON for a plugin that is a factory; what may stand in it is its to say; default: none'),
    baseUrl: baseUrl.optional(),
    rateLimit: rateLimit.optional(),
    limitGroup: name.optional().describe("sources with the same one share a limit; default: the plugin's own"),
    rateLimitMarginMs: z
      .int()
      .min(0)
      .max(10_000)
      .default(20)
      .describe('milliseconds added to each rate-limit window, against the jitter of the network'),
    concurrency: z
      .int()
      .min(1)
      .max(1_024)
      .optional()
      .describe('requests under way at once; default: what the rate limit lets go in a second, 16 to 64'),
    retry: retry.prefault({}),
    timeouts: timeouts.prefault({}),
    breaker: breaker.prefault({}),
    maxPages: z.int().min(1).max(10_000_000).default(100_000).describe('pages after which the source is ended'),
    maxHeaderBytes: z
      .int()
      .min(1024)
      .max(mebibyte)
      .default(16 * 1024)
      .describe('bytes of all headers of a response above which it is refused'),
    maxBodyBytes: bytes.default(16 * mebibyte).describe('bytes of a decoded body above which it is refused'),
    conditional: z
      .boolean()
      .optional()
      .describe("ask whether a page has changed since the last run, and keep what has not; default: the plugin's own"),
    headers,
    auth: auth.optional(),
    middleware: middleware.describe("middleware of this source; the plugin's own stands inside it"),
  })
  .describe('a source with settings of this run');

const sinkEntry = z
  .looseObject({
    use,
    name: name.optional(),
    timeoutMs: milliseconds.default(30_000).describe('milliseconds that each of its operations may take'),
    ...routeKeys,
  })
  .describe('a sink with its options');

const engineEntry = z.looseObject({ use }).describe('an engine with its options');

/** An entry may be text or a plugin object, short for an entry that says only `use`. */
function entries<Entry extends typeof sourceEntry | typeof sinkEntry>(entry: Entry) {
  const short = (plugin: string | object) => entry.parse({ use: plugin }) as z.output<Entry>;
  return z
    .array(z.union([z.string().min(1).transform(short), z.custom<object>(isPluginEntry).transform(short), entry]))
    .min(1);
}

function service<Name extends keyof Services>(kind: 'function' | 'object') {
  const accepts = (value: unknown): boolean => typeof value === kind && value !== null;
  return z
    .custom<NonNullable<Services[Name]>>(accepts, `must be ${kind === 'object' ? 'an' : 'a'} ${kind}`)
    .exactOptional();
}

/** Every option with its default, unit, bounds and meaning: what is not said here is decided nowhere else. */
export const configSchema = z
  .strictObject({
    sources: entries(sourceEntry).describe('where records come from'),
    sinks: entries(sinkEntry).describe('where records go'),
    model: use.default('product').describe('what every item becomes'),
    engine: engineEntry.exactOptional().describe('what spreads the run over processes; default: it stays in this one'),
    quality: qualityRules,
    categories: z
      .record(z.string().trim().min(1).max(200), z.array(z.string().trim().min(1)).max(10_000))
      .exactOptional()
      .describe('name of a category and the names that sources have for it; default: they stay as they come'),
    workers: z
      .strictObject({
        threads: z
          .int()
          .min(0)
          .max(64)
          .default(() => Math.max(1, Math.min(availableParallelism() - 1, 4)))
          .describe(
            'worker threads, by default one a core beside the main thread, at most 4; 0 works on the main thread',
          ),
        batchBytes: bytes.default(mebibyte / 2).describe('bytes of pages that go to a worker at once'),
        maxInFlightBytes: bytes.default(8 * mebibyte).describe('bytes fetched but not yet taken by the sinks'),
        recordTimeoutMs: milliseconds.default(5_000).describe('milliseconds that a worker may take for one record'),
      })
      .prefault({})
      .describe('the threads that make records of pages'),
    history,
    deadlineMs: milliseconds.optional().describe('milliseconds after which the run ends as partial; default: never'),
    onSourceFailure: z
      .enum(['continue', 'abort'])
      .default('continue')
      .describe('whether the other sources go on when one has failed'),
    state: z
      .union([
        z.literal(false),
        z.strictObject({
          dir: z.string().min(1).default('.pipeline').describe("folder, relative to the config's"),
          keepRuns: z.int().min(1).max(10_000).default(10).describe('runs that are kept, the newest first'),
          fsyncMs: z.int().min(0).max(60_000).default(1_000).describe('milliseconds between syncs of the journal'),
          maxDeadLetterBytes: z
            .int()
            .min(0)
            .max(1024 * mebibyte)
            .default(64 * mebibyte)
            .describe('bytes of rejected items that are kept of a run; more are counted'),
          maxCacheBytes: z
            .int()
            .min(0)
            .max(1024 * mebibyte)
            .default(256 * mebibyte)
            .describe('bytes of answers that are kept of each conditional source'),
        }),
      ])
      .prefault(false)
      .describe('where runs are kept so that they can be taken up again; default: on for a config file, else false'),
    middleware: middleware.describe('middleware of every source; only in a TypeScript or JavaScript config'),
    services: z
      .strictObject({
        transport: service<'transport'>('function'),
        logger: service<'logger'>('object'),
        clock: service<'clock'>('object'),
        random: service<'random'>('function'),
        engine: service<'engine'>('object'),
        processor: service<'processor'>('object'),
      })
      .prefault({})
      .describe("services that stand in for the run's own; only in a TypeScript or JavaScript config"),
    $schema: z.string().optional().describe('where an editor finds the schema of this file; default: nowhere'),
  })
  .describe('a sluice pipeline');

export type ParsedSource = z.output<typeof sourceEntry>;

/** The schema of a config file as JSON Schema, for editors and for messages. */
export function configJsonSchema(): z.core.JSONSchema.BaseSchema {
  return z.toJSONSchema(configSchema, {
    io: 'input',
    unrepresentable: 'any',
    // Plugin objects and services can't stand in JSON.
    override({ zodSchema, jsonSchema }) {
      if (zodSchema._zod.def.type === 'custom') jsonSchema.not = {};
    },
  });
}
