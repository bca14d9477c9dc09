import { describe, expect, test } from 'vitest';
import { configIssues } from '../../../core/config/issues.ts';
import type { QualityRuleOptions } from '../../../core/config/quality-schema.ts';
import { resolveConfig } from '../../../core/config/resolve.ts';

async function resolve(quality: readonly unknown[], wanted?: readonly string[]) {
  const config = { sources: ['dummyjson', 'escuelajs'], sinks: ['stdout'], quality };
  return resolveConfig(config, { env: {}, overrides: { sources: wanted } });
}

async function problems(rule: Record<string, unknown>): Promise<readonly string[]> {
  try {
    await resolve([rule]);
    return [];
  } catch (error) {
    return configIssues(error).map(({ path, problem, hints }) => [`${path}: ${problem}`, ...hints].join('; '));
  }
}

describe('quality rules of a config', () => {
  test('are completed: names, sources, actions', async () => {
    const rules: readonly QualityRuleOptions[] = [
      { check: 'notNull', field: 'price' },
      { check: 'minCount', records: 5, action: 'fail', sources: ['escuelajs'], name: 'enough' },
    ];
    expect((await resolve(rules)).quality).toEqual([
      {
        name: 'notNull price',
        check: 'notNull',
        field: 'price',
        action: 'warn',
        maxShare: 0,
        sources: ['dummyjson', 'escuelajs'],
      },
      { name: 'enough', check: 'minCount', records: 5, action: 'fail', maxShare: 0, sources: ['escuelajs'] },
    ]);
  });

  test('for none of the sources of the run are left out, with a warning', async () => {
    const config = await resolve([{ check: 'notNull', field: 'price', sources: ['escuelajs'] }], ['dummyjson']);
    expect(config.quality).toEqual([]);
    expect(config.warnings).toContain(
      'the rule "notNull price" is for none of the sources of this run, and is left out',
    );
  });

  test.each<[rule: Record<string, unknown>, problem: RegExp]>([
    [{ check: 'notNull', field: 'prize' }, /quality\[0\]\.field: there is no field "prize"; did you mean "price"\?/],
    [
      { check: 'notNull', field: 'price', sources: ['dummyjsn'] },
      /sources\[0\]: there is no source "dummyjsn"; did you mean "dummyjson"/,
    ],
    [{ check: 'notNull' }, /quality\[0\]\.field: is missing; notNull looks at one field/],
    [{ check: 'range', field: 'price' }, /needs "min", "max" or both/],
    [{ check: 'range', field: 'price', min: 2, max: 1 }, /1 is below "min", which is 2/],
    [{ check: 'range', field: 'price', min: 0, pattern: 'x' }, /pattern: belongs to the check "pattern"/],
    [{ check: 'pattern', field: 'url' }, /pattern: is missing/],
    [{ check: 'pattern', field: 'url', pattern: '(' }, /pattern: Invalid regular expression/],
    [{ check: 'fresh', field: 'url' }, /maxAgeSeconds: is missing/],
    [{ check: 'minCount' }, /records: is missing/],
    [{ check: 'minCount', records: 1, field: 'price' }, /minCount counts records/],
    [
      { check: 'unique', field: 'url', action: 'reject' },
      /told over the whole run, when records are written already; allowed: "warn" or "fail"/,
    ],
    [{ check: 'notNull', field: 'price', action: 'reject', maxShare: 0.5 }, /maxShare: a share can be allowed only/],
    [{ check: 'match', fields: ['titles'] }, /fields: there is no field "titles"; did you mean "title"/],
    [{ check: 'match', field: 'title' }, /match looks at several fields/],
    [{ check: 'match', action: 'reject' }, /told over the whole run/],
    [{ check: 'unique', field: 'url', fields: ['url'] }, /fields: belongs to the check "match"/],
    [{ check: 'nonNull', field: 'price' }, /quality\[0\]\.check: found "nonNull"; allowed: "notNull" or/],
    [{ check: 'notNull', patterns: 'price' }, /there is no option "patterns"; did you mean "pattern"\?/],
  ])('%j is refused', async (rule, problem) => {
    expect((await problems(rule)).join('\n')).toMatch(problem);
  });

  test('that compare sources know by what, and are left out where there is one source only', async () => {
    expect((await resolve([{ check: 'match' }])).quality).toMatchObject([
      { name: 'match title, brand', fields: ['title', 'brand'], sources: ['dummyjson', 'escuelajs'] },
    ]);
    const alone = await resolve([{ check: 'match', fields: ['title'] }], ['dummyjson']);
    expect(alone.quality).toEqual([]);
    expect(alone.warnings).toContain(
      'the rule "match title" compares sources, this run has one of them, and it is left out',
    );
  });

  test('may not share a name', async () => {
    const twice = { check: 'notNull', field: 'price' };
    await expect(resolve([twice, twice])).rejects.toThrow(
      /quality\[1\]: another rule is called "notNull price" already/,
    );
  });
});
