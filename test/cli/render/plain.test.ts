import { describe, expect, it } from 'vitest';
import { startPlainProgress } from '../../../cli/render/plain.ts';
import type { Clock } from '../../../core/contracts/clock.ts';
import { fakeClock } from '../../support/fake-clock.ts';
import { folded, page, started, t0 } from './fixtures.ts';

describe('startPlainProgress', () => {
  it('logs a line on the whole run every five seconds until it is ended', async () => {
    const fake = fakeClock(0);
    const clock: Clock = {
      now: () => fake.now(),
      date: () => t0 + fake.now(),
      timer: (ms, fire) => fake.timer(ms, fire),
    };
    const lines: string[] = [];
    const info = (message: string): void => void lines.push(message);
    const state = folded(
      ...started('a', 'b'),
      [1, { type: 'pages-known', source: 'a', pages: 10 }],
      ...[0, 1_000, 2_000, 3_000, 4_000].flatMap((ms) => page('a', ms)),
      ...page('b', 0),
    );
    const stop = startPlainProgress({ logger: { error: info, warn: info, info, debug: info }, clock, state });
    await fake.advance(4_999);
    expect(lines).toEqual([]);
    await fake.advance(1);
    expect(lines).toEqual(['progress: 0 of 2 sources ended, 6 pages, 120 records, 1.2 requests/s']);
    const b = state.sources.get('b');
    if (b !== undefined) b.phase = 'complete';
    await fake.advance(5_000);
    expect(lines[1]).toBe('progress: 1 of 2 sources ended, 6 of 11 pages, 120 records, 0.5 requests/s, ETA 0:10');
    if (b !== undefined) [b.delivered, b.failed] = [0, 1];
    await fake.advance(5_000);
    expect(lines[2]).toContain('5 of 11 pages, 1 failed,');
    stop();
    await fake.advance(60_000);
    expect(lines).toHaveLength(3);
  });
});
