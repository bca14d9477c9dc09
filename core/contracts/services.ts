import type { PageProcessor } from './batch.ts';
import type { Clock, Random } from './clock.ts';
import type { Engine } from './engine.ts';
import type { TransportFactory } from './http.ts';
import type { Logger } from './logger.ts';

/** Services that a config or an embedding program may put in the place of the built-in ones. */
export interface Services {
  readonly transport?: TransportFactory;
  readonly logger?: Logger;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly engine?: Engine;
  readonly processor?: PageProcessor;
}
