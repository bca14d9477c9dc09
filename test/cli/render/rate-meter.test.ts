import { describe, expect, it } from 'vitest';
import { createRateMeter } from '../../../cli/render/rate-meter.ts';

describe('createRateMeter', () => {
  it('is 0 before anything happens', () => {
    expect(createRateMeter().perSecond(5_000)).toBe(0);
  });

  it('reads bursts of five every second as 5, whenever one looks', () => {
    const meter = createRateMeter();
    for (let second = 0; second < 30; second++) {
      for (let burst = 0; burst < 5; burst++) meter.add(1_700_000_000_123 + second * 1_000);
      for (const later of [0, 400, 999]) expect(meter.perSecond(1_700_000_000_123 + second * 1_000 + later)).toBe(5);
    }
  });

  it('forgets what is more than ten seconds ago', () => {
    const meter = createRateMeter();
    for (let call = 0; call < 50; call++) meter.add(1_000);
    expect(meter.perSecond(6_000)).toBe(10);
    expect(meter.perSecond(11_999)).toBe(5);
    expect(meter.perSecond(12_000)).toBe(0);
    expect(meter.perSecond(60_000)).toBe(0);
  });

  it('counts again after a long silence', () => {
    const meter = createRateMeter();
    meter.add(0);
    for (let call = 0; call < 20; call++) meter.add(100_000);
    expect(meter.perSecond(101_000)).toBe(2);
  });
});
