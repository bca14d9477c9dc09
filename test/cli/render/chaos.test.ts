import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import type { ChaosVerdict } from '../../../cli/chaos/verdict.ts';
import { renderChaos } from '../../../cli/render/chaos.ts';
import { createPaint } from '../../../cli/render/paint.ts';

const paint = createPaint(false);
const passed: ChaosVerdict = {
  passed: true,
  problem: null,
  kills: { wanted: 20, made: 20 },
  records: { expected: 1482, delivered: 1482, lost: 0, doubled: 0, foreign: 0 },
  limits: [
    { source: 'shop', requests: 5, per_ms: 1000, arrivals: 60, closest_ms: 1023.4, held: true },
    { source: 'blog', requests: 5, per_ms: 1000, arrivals: 3, closest_ms: null, held: true },
  ],
  seed: 42,
  error_rate: 0.1,
  lives: 23,
  runs: 3,
  requests: { needed: 26, made: 137 },
  seconds: 35.66,
  command: 'pipeline chaos --seed 42 --error-rate 0.1 --kill 20',
  folder: null,
};

describe('renderChaos', () => {
  it('says what came of it, and how to do it again', () => {
    expect(renderChaos(passed, { width: 80, paint })).toEqual([
      'verdict  passed',
      'records  1,482 expected, 1,482 delivered, 0 lost, 0 doubled',
      'kills    20 of 20, 23 lives, 3 runs',
      'requests 137 made, 26 needed undisturbed',
      'limits   shop: 5 in 1 s held, 6 came within 1,023 ms',
      '         blog: 5 in 1 s held',
      'time     35.66 s',
      'seed     42',
      'again    pipeline chaos --seed 42 --error-rate 0.1 --kill 20',
    ]);
  });

  it('says what went wrong, and where to look', () => {
    const failed: ChaosVerdict = {
      ...passed,
      passed: false,
      problem: 'a run did not deliver what an undisturbed one does',
      records: { ...passed.records, delivered: 1480, lost: 2, doubled: 1, foreign: 3 },
      limits: [{ source: 'shop', requests: 5, per_ms: 1000, arrivals: 60, closest_ms: 812, held: false }],
      folder: '/tmp/kept',
    };
    const lines = renderChaos(failed, { width: 80, paint });
    expect(lines).toEqual(
      expect.arrayContaining([
        'verdict  FAILED',
        'problem  a run did not deliver what an undisturbed one does',
        'records  1,482 expected, 1,480 delivered, 2 lost, 1 doubled, 3 foreign',
        'limits   shop: 5 in 1 s BROKEN, 6 came within 812 ms',
        'kept     /tmp/kept',
      ]),
    );
  });

  it('fits a narrow terminal, the command aside', () => {
    for (const line of renderChaos(passed, { width: 30, paint }).slice(0, -1)) {
      expect(stringWidth(line)).toBeLessThanOrEqual(30);
    }
  });
});
