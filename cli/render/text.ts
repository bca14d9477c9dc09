import stringWidth from 'string-width';

const graphemes = new Intl.Segmenter();
/** By the most digits after the point. Kept, because making one takes longer than all it formats in a run. */
const formats = [0, 1, 2].map((digits) => new Intl.NumberFormat('en-US', { maximumFractionDigits: digits }));

/** Cuts text to a number of terminal columns; `…` stands for what is gone. */
export function cut(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  let kept = '';
  let used = 0;
  for (const { segment } of graphemes.segment(text)) {
    used += stringWidth(segment);
    if (used > width - 1) break;
    kept += segment;
  }
  return width < 1 ? '' : `${kept}…`;
}

/** Cuts or pads text to exactly `width` terminal columns. */
export function fit(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const shown = cut(text, width);
  const padding = ' '.repeat(Math.max(0, width - stringWidth(shown)));
  return align === 'left' ? shown + padding : padding + shown;
}

/** Breaks text at spaces into lines of at most `width` columns, the second and later ones indented by two. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line.trim() !== '' && stringWidth(longer) > width) {
      lines.push(line);
      line = `  ${word}`;
    } else {
      line = longer;
    }
  }
  return [...lines, line].map((each) => cut(each, width));
}

/** A bar of block characters, filled to `share` (0 to 1). */
export function bar(share: number, width: number): string {
  const filled = Math.round(Math.min(1, Math.max(0, share)) * width);
  return '█'.repeat(filled) + '░'.repeat(width - filled);
}

/** 1234567 → `1,234,567`. */
export function formatCount(count: number): string {
  return formatDigits(count, 0);
}

/** At most four characters that matter: 4.93, 49.3, 1,234. */
export function formatNumber(value: number | null): string {
  if (value === null) return '–';
  const size = Math.abs(value);
  const digits = size >= 1000 ? 0 : size >= 100 ? 1 : 2;
  return formatDigits(value, digits);
}

function formatDigits(value: number, digits: 0 | 1 | 2): string {
  return formats[digits]?.format(value) ?? String(value);
}

/** 0.9821 → `98.2 %`; never 100 % for what is not whole. */
export function formatShare(share: number): string {
  if (share > 0.9995 && share < 1) return '99.9 %';
  return `${formatDigits(share * 100, 1)} %`;
}

/** Time to go, as on a clock: 0:05, 12:40, 1:02:03. */
export function formatClock(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  const two = (value: number): string => String(value).padStart(2, '0');
  const minutes = Math.floor(seconds / 60) % 60;
  const hours = Math.floor(seconds / 3600);
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** Time spent, with its unit: 12 ms, 3.42 s, 2 min 05 s. */
export function formatMs(ms: number | null): string {
  if (ms === null) return '–';
  if (ms < 1000) return `${formatNumber(ms < 10 ? ms : Math.round(ms))} ms`;
  if (ms < 60_000) return `${formatNumber(ms / 1000)} s`;
  const seconds = Math.round(ms / 1000);
  return `${formatCount(Math.floor(seconds / 60))} min ${String(seconds % 60).padStart(2, '0')} s`;
}
