import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';

const guard = join(import.meta.dirname, '../../bench/guard.mjs');

interface Ratios {
  readonly chainToPage: number;
  readonly processingToPage: number;
  readonly bytesToObjects: number;
}

/** Ratios within one process, never times: each bound leaves several times what is measured on a quiet machine. */
describe('speed has not become another order of magnitude', () => {
  let ratios: Ratios;

  beforeAll(async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [guard]);
    ratios = JSON.parse(stdout) as Ratios;
  }, 120_000);

  test('a request through all middleware costs less than half of reading its page by hand', () => {
    expect(ratios.chainToPage).toBeLessThan(0.5);
  });

  test('a page with checks, hashes and metrics costs less than six times what reading and writing it by hand does', () => {
    expect(ratios.processingToPage).toBeLessThan(6);
  });

  test('pages as bytes are no slower than pages as objects', () => {
    expect(ratios.bytesToObjects).toBeLessThan(1);
  });
});
