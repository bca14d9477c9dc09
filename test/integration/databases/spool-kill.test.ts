import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { JsonValue } from '../../../core/contracts/json.ts';
import { askDuckDb } from '../../support/duckdb.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const script = resolve(import.meta.dirname, 'spool-life.mjs');
/** About 350 MB: two files of the spool are loaded while it runs, the last one at its end. */
const pages = 600;

interface Kept {
  readonly done: number;
  readonly position: JsonValue;
}

/** What the journal may hold when the process is killed: the last commit that it told of, or the one before. */
interface Life {
  readonly kept: Kept;
  readonly code: number | null;
}

/** When a life is killed: so many milliseconds behind the commit that `at` waits for. */
interface Kill {
  readonly at: (kept: Kept) => boolean;
  readonly ms: number;
}

async function live(folder: string, from: Kept, kill?: Kill): Promise<Life> {
  const args = [script, folder, String(pages), String(from.done), JSON.stringify(from.position)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  let kept = from;
  for await (const line of createInterface(child.stdout)) {
    if (child.killed) break;
    kept = JSON.parse(line) as Kept;
    if (kill?.at(kept) !== true) continue;
    await wait(kill.ms);
    child.kill('SIGKILL');
  }
  const [code] = (await ended) as [number | null];
  return { kept, code };
}

const loadsOf = ({ position }: Kept): number => (position as { readonly commits: number }).commits;

it(
  'holds every record once when its process is killed while it appends, loads and ends, and is taken up',
  { timeout: 120_000 },
  async () => {
    const folder = await temporaryFolder();
    let kept: Kept = { done: 0, position: null };
    const kills: readonly Kill[] = [
      // The spool has lines, and nothing is loaded.
      { at: ({ done }) => done >= 36, ms: 3 },
      // The first load has just begun.
      { at: (now) => loadsOf(now) === 1, ms: 20 },
      // The same load, begun anew when the run was taken up, or right behind it.
      { at: () => true, ms: 250 },
      // The second one.
      { at: (now) => loadsOf(now) === 2, ms: 120 },
      // The last one is under way, at the close.
      { at: ({ done }) => done === pages, ms: 40 },
      { at: ({ done }) => done === pages, ms: 60 },
    ];
    for (const kill of kills) {
      const life = await live(folder, kept, kill);
      expect(life.code, `killed at ${JSON.stringify(life.kept)}`).toBeNull();
      kept = life.kept;
    }
    expect((await live(folder, kept)).code).toBe(0);

    const sums = `SELECT count(*)::INT AS records, count(DISTINCT id)::INT AS ids, sum(price)::DOUBLE AS sum, count(text)::INT AS texts FROM product`;
    const records = pages * 1000;
    const sum = (records * (records - 1)) / 2 / 4;
    expect(await askDuckDb(join(folder, 'it.duckdb'), sums)).toEqual([{ records, ids: records, sum, texts: records }]);
    expect(await readdir(folder)).toEqual(['it.duckdb']);
  },
);
