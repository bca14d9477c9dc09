import type * as promClient from 'prom-client';
import { SluiceError } from '../../core/index.ts';

export type PromClient = typeof promClient;

/** Loads the library where somebody asks for metrics. Throws `library_missing` with what to install. */
export async function loadPromClient(): Promise<PromClient> {
  try {
    return await import('prom-client');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND')) throw error;
    const text = '--metrics-port needs what is not installed: npm install prom-client';
    throw new SluiceError('library_missing', text, { cause: error });
  }
}
