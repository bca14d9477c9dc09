import { writeFile } from 'node:fs/promises';
import axe from 'axe-core';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import type * as Format from '../../cli/report/format.ts';
import type { RunRecord } from '../../core/index.ts';
import { temporaryFolder } from './temporary-folder.ts';

// As compiled: what runs in the browser is read from there.
const { formatReport } = (await import(
  new URL('../../dist/cli/report/format.js', import.meta.url).href
)) as typeof Format;

/** Opens the page of a run from disk, and notes what it complains of and asks for. */
export async function openReport(
  browser: Browser,
  record: RunRecord,
  { colorScheme = 'light', width = 1100 }: { colorScheme?: 'light' | 'dark'; width?: number } = {},
) {
  const folder = await temporaryFolder();
  const file = join(folder, 'report.html');
  await writeFile(file, await formatReport(record, 'html'));
  const context = await browser.newContext({ colorScheme, reducedMotion: 'reduce', viewport: { width, height: 900 } });
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
export function coloursOfCharts(page: Page): Promise<number[]> {
  return page.evaluate(`[...document.querySelectorAll('canvas')].map((canvas) => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return new Set(new Uint32Array(data.buffer)).size;
  })`);
}

/** What axe-core finds on a page, also in what is folded away. */
export async function issuesOf(page: Page): Promise<unknown> {
  await page.evaluate(`document.querySelectorAll('details').forEach((each) => { each.open = true; })`);
  await page.evaluate(axe.source);
  return page.evaluate(
    `axe.run().then(({ violations }) => violations.map(({ id, impact, nodes }) => [id, impact, nodes[0].html]))`,
  );
}
