import type { Chart as Drawn, ChartConfiguration } from 'chart.js';

/** Values of bars: lengths, or from where to where; null for none. */
export type BarValues = (number | [number, number] | null)[];
export type BarConfig = ChartConfiguration<'bar', BarValues>;
export type LineConfig = ChartConfiguration<'line', (number | null)[]>;

/** What areas are filled with. */
export interface Brush {
  globalAlpha: number;
  fillStyle: string;
  save(): void;
  restore(): void;
  fillRect(left: number, top: number, width: number, height: number): void;
}

interface Canvas {
  readonly tagName: string;
}

interface Browser {
  readonly document: {
    getElementById(id: string): (Canvas & { readonly textContent: string }) | null;
    readonly body: object;
  };
  addEventListener(type: 'beforeprint' | 'afterprint', listener: () => void): void;
  getComputedStyle(element: object): { getPropertyValue(name: string): string };
  matchMedia(query: string): {
    readonly matches: boolean;
    addEventListener(type: 'change', listener: () => void): void;
  };
  readonly Chart: new (canvas: Canvas, config: BarConfig | LineConfig) => Drawn;
}

/** The little of a browser that is used here, and the chart library, which the page runs before. */
export const browser = globalThis as unknown as Browser;
