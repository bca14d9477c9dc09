import type { Amount } from '../../../core/plugin.ts';

/** Digits after the point that are shown, where there are no more. */
const fewest = 2;

/** A decimal number as a whole number of its smallest unit. */
interface Decimal {
  readonly units: bigint;
  readonly digits: number;
}

/** An amount out of the database, exact, without zeros that say nothing. */
export function amountOf(text: string): Amount {
  const { units, digits } = parseDecimal(text);
  return shown({ units, digits });
}

/** The mean, rounded half away from zero to `digits` after the point, at least two. */
export function meanOf(total: string, count: number, digits: number): Amount {
  const { units, digits: given } = parseDecimal(total);
  const wanted = Math.max(fewest, digits);
  return shown({ units: divided(units * 10n ** BigInt(wanted), BigInt(count) * 10n ** BigInt(given)), digits: wanted });
}

/** `change` in percent of the size of `before`, rounded half away from zero to hundredths; null where that is 0. */
export function percentOf(change: string, before: string): number | null {
  const part = parseDecimal(change);
  const whole = parseDecimal(before);
  const size = whole.units < 0n ? -whole.units : whole.units;
  if (size === 0n) return null;
  const hundredths = divided(part.units * 10_000n * 10n ** BigInt(whole.digits), size * 10n ** BigInt(part.digits));
  return Number(hundredths) / 100;
}

function parseDecimal(text: string): Decimal {
  const [whole = '', fraction = ''] = text.split('.');
  return { units: BigInt(whole + fraction), digits: fraction.length };
}

/** Half away from zero; `by` is positive. */
function divided(value: bigint, by: bigint): bigint {
  const size = value < 0n ? -value : value;
  const rounded = (2n * size + by) / (2n * by);
  return value < 0n ? -rounded : rounded;
}

function shown({ units, digits }: Decimal): Amount {
  const size = String(units < 0n ? -units : units).padStart(digits + 1, '0');
  const point = size.length - digits;
  const fraction = size.slice(point).replace(/0+$/, '').padEnd(fewest, '0');
  const text = `${units < 0n ? '-' : ''}${size.slice(0, point)}.${fraction}`;
  return { text, number: Number(text) };
}
