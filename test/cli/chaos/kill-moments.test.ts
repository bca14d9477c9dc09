import { describe, expect, it } from 'vitest';
import { drawKillMoments } from '../../../cli/chaos/kill-moments.ts';

describe('drawKillMoments', () => {
  it('gives the same moments for the same seed, and others for another', () => {
    expect(drawKillMoments(20, 42)).toEqual(drawKillMoments(20, 42));
    expect(drawKillMoments(20, 43)).not.toEqual(drawKillMoments(20, 42));
  });

  it('hits starts, the work, commits and the end, in the order in which a run comes to them', () => {
    const moments = drawKillMoments(100, 1);
    expect(moments).toHaveLength(100);
    expect(new Set(moments.map(({ after }) => after))).toEqual(new Set(['start', 'pages', 'commit', 'publish']));
    const shares = moments.flatMap((moment) => ('share' in moment ? [moment.share] : []));
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(shares.filter((share) => share === 1).length).toBeGreaterThan(3);
  });
});
