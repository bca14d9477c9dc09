/** Draws the charts of the page. It runs in a browser, as a script within the page; the build makes one file of this folder. */
import type { Chart as Drawn } from 'chart.js';
import type { Chart as Wanted } from '../charts.ts';
import { bars } from './bars.ts';
import { boxes } from './boxes.ts';
import { type BarConfig, browser, type LineConfig } from './globals.ts';
import { lines } from './lines.ts';
import { waterfall } from './waterfall.ts';

function configOf(wanted: Wanted, print: boolean): BarConfig | LineConfig {
  switch (wanted.kind) {
    case 'bars':
      return bars(wanted, print);
    case 'boxes':
      return boxes(wanted, print);
    case 'lines':
      return lines(wanted, print);
    case 'waterfall':
      return waterfall(wanted, print);
  }
}

const wanted = JSON.parse(browser.document.getElementById('charts')?.textContent ?? '[]') as readonly Wanted[];
let drawn: Drawn[] = [];

function drawAll(print: boolean): void {
  for (const chart of drawn) chart.destroy();
  drawn = wanted.flatMap((chart, index) => {
    const canvas = browser.document.getElementById(`chart-${index}`);
    return canvas === null ? [] : [new browser.Chart(canvas, configOf(chart, print))];
  });
}

drawAll(false);
browser.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => drawAll(false));
// Paper is white, whatever the screen is.
browser.addEventListener('beforeprint', () => drawAll(true));
browser.addEventListener('afterprint', () => drawAll(false));
