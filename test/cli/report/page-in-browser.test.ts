import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunRecord } from '../../../core/index.ts';
import { noBrowser, openBrowser } from '../../support/browser.ts';
import { coloursOfCharts, issuesOf, openReport } from '../../support/report-page.ts';
import { sampleRecord } from '../render/sample-record.ts';

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
