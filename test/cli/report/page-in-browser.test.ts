import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunRecord } from '../../../core/index.ts';
import { noBrowser, openBrowser } from '../../support/browser.ts';
import { coloursOfCharts, issuesOf, openReport } from '../../support/report-page.ts';
import { sampleRecord } from '../render/sample-record.ts';
import { sampleTrends } from '../render/sample-trends.ts';

interface Point {
  readonly x: number;
  readonly y: number;
}

const evil = '</script><img src=x onerror="globalThis.owned=1">';

describe.skipIf(noBrowser !== undefined)(
  `the page in a browser${noBrowser === undefined ? '' : `: ${noBrowser}`}`,
  () => {
    let browser: Browser;
    beforeAll(async () => void (browser = await openBrowser()));
    afterAll(() => browser.close());

    const opened = (record: RunRecord, colorScheme: 'light' | 'dark' = 'light') =>
      openReport(browser, record, { colorScheme });

    it.each(['light', 'dark'] as const)(
      'draws every chart, asks nobody and complains of nothing, %s',
      async (scheme) => {
        const { page, complaints, asked, address } = await opened(sampleRecord(), scheme);
        const colours = await coloursOfCharts(page);
        expect(colours).toHaveLength(8);
        expect(Math.min(...colours)).toBeGreaterThan(10);
        expect(complaints).toEqual([]);
        expect(asked).toEqual([address]);
        const folder = process.env['REPORT_SCREENSHOTS'];
        if (folder !== undefined) await page.screenshot({ path: join(folder, `${scheme}.png`), fullPage: true });
      },
    );

    it('has no issue that axe-core finds, light or dark', async () => {
      for (const scheme of ['light', 'dark'] as const) {
        const { page } = await opened(sampleRecord(), scheme);
        expect(await issuesOf(page), scheme).toEqual([]);
      }
    });

    it('tells more of the bar under the pointer', async () => {
      const { page } = await opened(sampleRecord());
      const chart = `Chart.getChart('chart-0')`;
      expect(await page.evaluate(`${chart}.tooltip?.opacity ?? 0`)).toBe(0);
      const second = (await page.evaluate(
        `(({ x, y }) => ({ x: x / 2, y }))(${chart}.getDatasetMeta(0).data[1])`,
      )) as Point;
      await page.locator('#chart-0').hover({ position: second });
      await page.waitForFunction(`${chart}.tooltip.opacity === 1`);
      expect(await page.evaluate(`${chart}.tooltip.body.map(({ lines }) => lines).flat()`)).toEqual(['records: 104']);
      await page.locator('#chart-7').hover();
      await page.waitForFunction(`Chart.getChart('chart-7').tooltip.opacity === 1`);
      expect(await page.evaluate(`Chart.getChart('chart-7').tooltip.title[0]`)).toMatch(/^\/products\?skip=\d+: 200$/);
    });

    it('draws box plots from the quartiles, with their figures under the pointer', async () => {
      const { page } = await opened(sampleRecord());
      const chart = `Chart.getChart('chart-1')`;
      expect(await page.evaluate(`${chart}.data.datasets.map(({ label, data }) => [label, data[0]])`)).toEqual([
        ['median', [8, 8]],
        ['the middle half of the prices', [4, 16]],
        ['least to greatest', [1, 49]],
      ]);
      const box = (await page.evaluate(
        `(({ x, y }) => ({ x: x - 2, y }))(${chart}.getDatasetMeta(1).data[0])`,
      )) as Point;
      await page.locator('#chart-1').hover({ position: box });
      await page.waitForFunction(`${chart}.tooltip.opacity === 1`);
      expect(await page.evaluate(`${chart}.tooltip.body.map(({ lines }) => lines).flat()`)).toEqual([
        'median 8',
        'quartiles 4 and 16',
        'least 1, greatest 49',
      ]);
    });

    it('shows a text that wants to be markup as the text that it is', async () => {
      const { page, complaints } = await opened(sampleRecord(evil));
      expect(await page.evaluate('[globalThis.owned, document.images.length, document.scripts.length]')).toEqual([
        undefined,
        0,
        3,
      ]);
      expect(complaints).toEqual([]);
      expect(await page.locator('pre').first().textContent()).toContain(evil.replaceAll('"', '\\"'));
      expect(await page.locator('td', { hasText: evil }).count()).toBeGreaterThan(0);
      expect(await page.evaluate(`Chart.getChart('chart-0').data.labels`)).toContainEqual(
        expect.stringMatching(/^fragrances<\/script><img .*…$/),
      );
    });

    it('shows the rules on quality, those that were broken first', async () => {
      const record = sampleRecord();
      const { monitoring } = record.report;
      const rule = {
        check: 'notNull',
        action: 'warn',
        field: 'price',
        sources: [],
        records: 40,
        examples: [],
      } as const;
      const rules = [
        { ...rule, name: 'kept', state: 'passed', failed: 0 },
        { ...rule, name: 'broken', state: 'failed', failed: 2, examples: [{ record: 'a:1', message: `none${evil}` }] },
      ] as const;
      const told = { ...record.report, monitoring: { ...monitoring, quality: { failed: true, rules } } };
      const { page } = await opened({ ...record, report: told });
      expect(await page.locator('header p').innerText()).toMatch(/^partial, failed by a rule on quality, started /);
      const rows = page.locator('section[aria-labelledby=quality] tbody tr');
      expect(await rows.first().locator('td').allTextContents()).toEqual([
        'broken',
        'failed',
        'warn',
        '2',
        '40',
        `a:1: none${evil}`,
      ]);
    });

    it('lists what several sources have, and the categories that the mapping lacks', async () => {
      const { report, ...record } = sampleRecord();
      const rule = { check: 'match', action: 'warn', field: null, sources: [], records: 40, state: 'warned' } as const;
      const examples = [
        { record: 'b:1', message: `title "x"${evil}`, source: 'a' },
        { record: 'b:2', message: 'title "y"', source: 'a' },
      ];
      const quality = { failed: false, rules: [{ ...rule, name: 'twice', failed: 7, examples }] };
      const categories = { mapped: {}, unmapped: { [`Möbel${evil}`]: 5 } };
      const { page } = await opened({
        ...record,
        report: { ...report, monitoring: { ...report.monitoring, quality, categories } },
      });
      await page.getByText('In several sources (twice): the first 2 of 7', { exact: true }).first().click();
      const cells = (label: string) => page.locator(`div[aria-label^="${label}"] tbody td`).allInnerTexts();
      expect(await cells('In several')).toEqual(['b:1', 'a', `title "x"${evil}`, 'b:2', 'a', 'title "y"']);
      expect(await cells('Outside of the mapping')).toEqual([`Möbel${evil}`, '5']);
    });

    it('has a histogram for each group with prices, those of the smaller ones folded away', async () => {
      const { report, ...record } = sampleRecord();
      const group = report.metrics.by_source['dummyjson'];
      const [first] = Object.values(group?.categories ?? {});
      const names = Array.from({ length: 9 }, (_, index) => `category ${index}`);
      const categories = Object.fromEntries(
        names.map((name) => [name, first]),
      ) as (typeof report.metrics.by_source)[string]['categories'];
      const by_source = { dummyjson: { ...group, categories } } as typeof report.metrics.by_source;
      const { page } = await opened({ ...record, report: { ...report, metrics: { ...report.metrics, by_source } } });
      const all = page.locator('canvas[aria-label^="Prices: dummyjson"]');
      expect(await all.count()).toBe(9);
      expect(await all.filter({ visible: true }).count()).toBe(6);
      await page.getByText('Histograms of 3 smaller groups', { exact: true }).click();
      await all.last().scrollIntoViewIfNeeded();
      await expect.poll(async () => Math.min(...(await coloursOfCharts(page)))).toBeGreaterThan(10);
    });

    it('gives each use of time a colour of its own', async () => {
      const { page } = await opened(sampleRecord());
      const id = await page.locator('canvas[aria-label^="Time of each source"]').getAttribute('id');
      const colours = (await page.evaluate(
        `Chart.getChart('${id}').data.datasets.map(({ backgroundColor }) => backgroundColor)`,
      )) as string[];
      expect(colours.length).toBeGreaterThan(2);
      expect(new Set(colours).size).toBe(colours.length);
    });

    it('cuts names that a narrow page has no room for', async () => {
      const { page } = await openReport(browser, sampleRecord(' of a very long and winding name'), { width: 380 });
      const labels = `Chart.getChart('chart-0').scales.y.ticks.map(({ label }) => label)`;
      expect(await page.evaluate(labels)).toContain('fragrances of a …');
      expect(await page.evaluate(`Chart.getChart('chart-0').data.labels`)).toContain(
        'fragrances of a very long and winding n…',
      );
    });

    it('keeps the texts of a table in lines that can be read on a narrow page', async () => {
      const { report, ...record } = sampleRecord();
      const message = 'the title came before, from another source that has it too';
      const rule = { check: 'unique', action: 'warn', field: 'title', sources: [], records: 9, failed: 1 } as const;
      const broken = {
        ...rule,
        name: 'unique title',
        state: 'warned',
        examples: [{ record: 'a:1', message }],
      } as const;
      const monitoring = { ...report.monitoring, quality: { failed: false, rules: [broken] } };
      const { page } = await openReport(browser, { ...record, report: { ...report, monitoring } }, { width: 360 });
      const height = `[...document.querySelectorAll('td')].find((cell) => cell.textContent.includes('came before')).offsetHeight`;
      expect(await page.evaluate(height)).toBeLessThan(80);
      expect(await page.evaluate(`document.documentElement.scrollWidth`)).toBe(360);
    });

    it('fits on paper', async () => {
      const { report, ...record } = sampleRecord('a-long-text-without-a-break-'.repeat(5));
      const metrics = { ...report.metrics, price_trends: sampleTrends('unbroken'.repeat(12)) };
      const { page } = await openReport(browser, { ...record, report: { ...report, metrics } }, { width: 700 });
      await page.emulateMedia({ media: 'print' });
      await page.evaluate(`window.dispatchEvent(new Event('beforeprint'))`);
      expect(await page.evaluate(`document.documentElement.scrollWidth`)).toBe(700);
    });

    it('draws black on white for paper, and back', async () => {
      const { page } = await opened(sampleRecord(), 'dark');
      const ticks = `Chart.getChart('chart-0').options.scales.x.ticks.color`;
      const onScreen = await page.evaluate(ticks);
      await page.evaluate(`window.dispatchEvent(new Event('beforeprint'))`);
      expect(await page.evaluate(ticks)).toBe('#1f2328');
      await page.evaluate(`window.dispatchEvent(new Event('afterprint'))`);
      expect(await page.evaluate(ticks)).toBe(onScreen);
      expect(onScreen).not.toBe('#1f2328');
    });
  },
);
