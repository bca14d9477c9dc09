import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { renderCheck } from '../../../cli/render/check.ts';
import { createPaint } from '../../../cli/render/paint.ts';
import type { CheckResult } from '../../../core/index.ts';

const result: CheckResult = {
  ok: false,
  findings: [
    { what: 'config', name: 'pipeline.config.ts', ok: true, code: null, message: 'can be used', hint: null },
    { what: 'source', name: 'shop', ok: false, code: 'http_401', message: 'no\u001b[2J entry', hint: 'check the key' },
  ],
};

const rendered = (width: number): string[] => renderCheck(result, { width, paint: createPaint(false) });

describe('renderCheck', () => {
  it('has a line for each finding, and under a problem what to do', () => {
    expect(rendered(100)).toEqual([
      'ok   config pipeline.config.ts: can be used',
      'FAIL source shop: http_401: no entry',
      '  → check the key',
      '',
      '1 problem: a run could not begin, or not do all of it',
    ]);
  });

  it.each([20, 60])('is no wider than %d columns', (width) => {
    for (const line of rendered(width)) expect(stringWidth(line)).toBeLessThanOrEqual(width);
  });
});
