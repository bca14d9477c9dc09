import { writeFile } from 'node:fs/promises';
import axe from 'axe-core';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { RunRecord } from '../../../core/index.ts';
import { noBrowser, openBrowser } from '../../support/browser.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import type * as Format from '../../../cli/report/format.ts';
import { sampleRecord } from '../render/sample-record.ts';

// As compiled: what runs in the browser is read from there.
const { formatReport } = (await import(
  new URL('../../../dist/cli/report/format.js', import.meta.url).href
)) as typeof Format;

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

    async function opened(record: RunRecord, colorScheme: 'light' | 'dark' = 'light') {
      const folder = await temporaryFolder();
      const file = join(folder, 'report.html');
      await writeFile(file, await formatReport(record, 'html'));
      const context = await browser.newContext({
        colorScheme,
        reducedMotion: 'reduce',
        viewport: { width: 1100, height: 900 },
      });
      onTestFinished(() => context.close());
      const page = await context.newPage();
      const complaints: string[] = [];
      const asked: string[] = [];
      page.on('console', (message) => void complaints.push(message.text()));
      page.on('pageerror', (error) => void complaints.push(error.message));
      page.on('request', (request) => void asked.push(request.url()));
      const address = pathToFileURL(file).href;
      await page.goto(address);
      return { page, complaints, asked, address };
    }

    /** Different colours in each chart: a blank one has one. */
    const coloursOfCharts = (page: Page): Promise<number[]> =>
      page.evaluate(`[...document.querySelectorAll('canvas')].map((canvas) => {
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      return new Set(new Uint32Array(data.buffer)).size;
    })`);

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
        // What is folded away is looked at, too.
        await page.evaluate(`document.querySelectorAll('details').forEach((each) => { each.open = true; })`);
        await page.evaluate(axe.source);
        const issues = await page.evaluate(
          `axe.run().then(({ violations }) => violations.map(({ id, impact, nodes }) => [id, impact, nodes[0].html]))`,
        );
        expect(issues, scheme).toEqual([]);
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
