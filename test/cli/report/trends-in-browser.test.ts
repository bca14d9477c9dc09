import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PriceTrends, RunRecord } from '../../../core/index.ts';
import { noBrowser, openBrowser } from '../../support/browser.ts';
import { coloursOfCharts, issuesOf, openReport } from '../../support/report-page.ts';
import { sampleRecord } from '../render/sample-record.ts';
import { sampleTrends } from '../render/sample-trends.ts';

const evil = '</script><img src=x onerror="globalThis.owned=1">';
const section = 'section[aria-labelledby=price-trends]';

function recordWith(price_trends: PriceTrends): RunRecord {
  const { report, ...record } = sampleRecord();
  return { ...record, report: { ...report, metrics: { ...report.metrics, price_trends } } };
}

describe.skipIf(noBrowser !== undefined)(
  `price trends in a browser${noBrowser === undefined ? '' : `: ${noBrowser}`}`,
  () => {
    let browser: Browser;
    beforeAll(async () => void (browser = await openBrowser()));
    afterAll(() => browser.close());

    it.each([
      ['light', 1100],
      ['dark', 1100],
      ['light', 380],
    ] as const)('are drawn and complain of nothing, %s and %i wide', async (colorScheme, width) => {
      const { page, complaints } = await openReport(browser, recordWith(sampleTrends()), { colorScheme, width });
      // Changes, and lines of sources and of categories.
      expect(await page.locator(`${section} canvas`).count()).toBe(3);
      expect(Math.min(...(await coloursOfCharts(page)))).toBeGreaterThan(10);
      expect(complaints).toEqual([]);
      const beyond = `document.documentElement.scrollWidth - document.documentElement.clientWidth`;
      expect(await page.evaluate(beyond)).toBe(0);
      const folder = process.env['REPORT_SCREENSHOTS'];
      if (folder === undefined) return;
      await page.locator(section).screenshot({ path: join(folder, `trends-${colorScheme}-${width}.png`) });
      await page.emulateMedia({ media: 'print' });
      await page.evaluate(`window.dispatchEvent(new Event('beforeprint'))`);
      await page.locator(section).screenshot({ path: join(folder, `trends-${colorScheme}-${width}-print.png`) });
    });

    it('have no issue that axe-core finds, light or dark', async () => {
      for (const colorScheme of ['light', 'dark'] as const) {
        const { page } = await openReport(browser, recordWith(sampleTrends()), { colorScheme });
        expect(await issuesOf(page), colorScheme).toEqual([]);
      }
    });

    it('tell exact prices, the largest rises and falls, what is new and what is gone', async () => {
      const { page } = await openReport(browser, recordWith(sampleTrends()));
      const rows = async (caption: string): Promise<string[][]> => {
        const found = page.locator(`${section} div[aria-label="${caption}"] tbody tr`);
        return Promise.all((await found.all()).map((row) => row.locator('td').allTextContents()));
      };
      expect(await page.locator(`${section} p`).first().textContent()).toBe(
        'Of 180 products with a price now and before, 2 risen, 2 fallen, 176 unchanged; 12 new, 1 gone.',
      );
      expect(await rows('Largest rises and falls, in percent of the price before')).toEqual([
        ['Laptop', 'dummyjson', 'laptops', '0.10 EUR', '0.30 EUR', '+0.20 EUR', '+200 %', '20260101T000000003-aaaaaa'],
        [
          'Mouse',
          'dummyjson',
          'laptops',
          '19.99 EUR',
          '24.49 EUR',
          '+4.50 EUR',
          '+22.51 %',
          '20260101T000000003-aaaaaa',
        ],
        [
          'Keyboard',
          'dummyjson',
          'laptops',
          '89.00 EUR',
          '62.30 EUR',
          '-26.70 EUR',
          '-30 %',
          '20260101T000000003-aaaaaa',
        ],
        [
          'dummyjson:4',
          'dummyjson',
          'laptops',
          '50.00 EUR',
          '45.00 EUR',
          '-5.00 EUR',
          '-10 %',
          '20260101T000000003-aaaaaa',
        ],
      ]);
      expect(await rows('New products: the first 2 of 12, by id')).toEqual([
        ['Robot', 'dummyjson', 'toys', '9.50 EUR', 'dummyjson:9'],
        ['Ball', 'dummyjson', 'toys', '–', 'dummyjson:91'],
      ]);
      expect(await rows('Products that are gone: all')).toEqual([
        ['dummyjson:7', 'dummyjson', 'toys', '5.00 EUR', 'dummyjson:7'],
      ]);
    });

    it('have a line for each group, broken by no run, with its exact median under the pointer', async () => {
      const { page } = await openReport(browser, recordWith(sampleTrends()));
      const id = await page.locator(`${section} canvas`).nth(2).getAttribute('id');
      const chart = `Chart.getChart('${id}')`;
      const rounded = `data.map((value) => value && Math.round(value * 100) / 100)`;
      expect(await page.evaluate(`${chart}.data.datasets.map(({ label, data }) => [label, ${rounded}])`)).toEqual([
        ['toys', [100, 106.25, 112.5, 109.38, 115.63]],
        ['laptops', [null, 100, 105.56, 105, 110]],
        ['(none)', [100, 102.5, 97.5, 95, 92.5]],
        ['a', [100, 106.67, 113.33, 80, 93.33]],
        ['b', [100, 100, 112.5, 75, 93.75]],
        ['c', [100, 94.12, 111.76, 70.59, 94.12]],
      ]);
      expect(await page.locator(section).textContent()).toContain(
        'Other categories, smaller ones that are not drawn: 1.',
      );
      const bySource = `Chart.getChart('${await page.locator(`${section} canvas`).nth(1).getAttribute('id')}').data`;
      expect(await page.evaluate(`${bySource}.labels.slice(0, 2)`)).toEqual(['2026-01-01 06:00', '2026-01-02 06:00']);
      // Of two currencies, so it is said which.
      expect(await page.evaluate(`${bySource}.datasets.map(({ label }) => label)`)).toEqual([
        'dummyjson (EUR)',
        'escuelajs',
      ]);
      const { x, y } = (await page.evaluate(`(({ x, y }) => ({ x, y }))(${chart}.getDatasetMeta(1).data[4])`)) as {
        x: number;
        y: number;
      };
      await page.locator(`#${id}`).hover({ position: { x, y } });
      await page.waitForFunction(`${chart}.tooltip.opacity === 1`);
      expect(await page.evaluate(`${chart}.tooltip.body[1].lines[0]`)).toBe(
        'laptops: 990.00 EUR, 110.0 % of the first',
      );
    });

    it('show texts that want to be markup as the texts that they are', async () => {
      const { page, complaints } = await openReport(browser, recordWith(sampleTrends(evil)));
      expect(await page.evaluate('[globalThis.owned, document.images.length, document.scripts.length]')).toEqual([
        undefined,
        0,
        3,
      ]);
      expect(complaints).toEqual([]);
      expect(await page.locator(`${section} td`, { hasText: `Robot${evil}` }).count()).toBe(1);
    });

    it('say that the first run has nothing to be compared with, and are left out where no history is kept', async () => {
      const none = { compared: 0, risen: 0, fallen: 0, unchanged: 0, new: 0, gone: 0 };
      const lists = { risers: [], fallers: [], new_products: [], gone_products: [], gone_unknown: [] };
      const first = { ...lists, runs: 1, compared_run_id: null, products: none, by_source: [], by_category: [] };
      const { page } = await openReport(browser, recordWith(first));
      expect(await page.locator(`${section} p`).first().textContent()).toBe(
        'This is the first run that the history holds: the next one is compared with it.',
      );
      expect(await page.locator(`${section} canvas, ${section} table`).count()).toBe(0);
      const { page: without } = await openReport(browser, sampleRecord());
      expect(await without.locator(section).count()).toBe(0);
    });
  },
);
