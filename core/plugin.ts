/**
 * The author's entry (`sluice/plugin`). Safe in a worker thread: nothing here reaches DI, HTTP or the CLI.
 */
import type { Model } from './contracts/model.ts';
import type { Normalizer } from './contracts/normalizer.ts';
import type { SinkPlugin } from './contracts/sink.ts';
import type { SourcePlugin } from './contracts/source.ts';

export { SluiceError } from './errors.ts';
export type { ErrorCode, ErrorDetails } from './errors.ts';

/** Declares a source; gives it back unchanged, typed. */
export function defineSource<const Source extends SourcePlugin>(source: Source): Source {
  return source;
}

/** Declares how a raw item becomes the model's fields; gives it back unchanged, typed. */
export function defineNormalizer<Raw, Fields extends object = object>(
  normalizer: Normalizer<Raw, Fields>,
): Normalizer<Raw, Fields> {
  return normalizer;
}

/** Declares a kind of sink; gives it back unchanged, typed. */
export function defineSink<Options = unknown>(sink: SinkPlugin<Options>): SinkPlugin<Options> {
  return sink;
}

/** Declares a record model; gives it back unchanged, typed. */
export function defineModel<Output extends object, Input = unknown>(model: Model<Output, Input>): Model<Output, Input> {
  return model;
}
