/** What the types of a config can tell of options that stand in it: `defineConfig` asks for this of every entry. */
import type { SourceFactory } from '../contracts/source-factory.ts';
import type { SinkOptions, SourceOptions } from './plugin-options.ts';

/** What the entry of a sink must be beside what it is, where `SinkOptions` knows its plugin. */
export type CheckedSink<Entry> = Entry extends { readonly use: infer Use extends keyof SinkOptions }
  ? SinkOptions[Use] & NoOther<Entry, keyof SinkOptions[Use] | 'use' | 'name' | 'timeoutMs' | 'sources' | 'filter'>
  : unknown;

/** What the entry of a source must be beside what it is: without keys other than `Settings`, and with the options of a known factory. */
export type CheckedSource<Entry, Settings> = Entry extends { readonly use: infer Use }
  ? KnownOptions<Entry, Use> & NoOther<Entry, Settings>
  : unknown;

type KnownOptions<Entry, Use> = Use extends keyof SourceOptions
  ? CheckedOptions<Entry, SourceOptions[Use]>
  : // A factory that the config imports brings the types of its options along.
    Use extends SourceFactory<infer Options>
    ? CheckedOptions<Entry, Options>
    : unknown;

/** Options may be left out where none is needed. */
type CheckedOptions<Entry, Options> = (object extends Options
  ? { readonly options?: Options }
  : { readonly options: Options }) &
  (Entry extends { readonly options: infer Given } ? { readonly options: NoOther<Given, keyof Options> } : unknown);

/** Refuses keys that nobody knows. */
type NoOther<Given, Known> = { readonly [Key in Exclude<keyof Given, Known>]: never };
