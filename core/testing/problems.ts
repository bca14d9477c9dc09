import { SluiceError } from '../errors.ts';

/** Problems that are listed one by one; more of them are counted. */
const mostListed = 25;

/** Gathers what is wrong with a plugin, so that all of it is told at once. */
export interface Problems {
  readonly found: readonly string[];
  /** Takes one sentence; the same one twice is told once. */
  add(problem: string): void;
  /** Throws one `conformance_failed` that lists all problems; nothing where there are none. */
  throwAny(): void;
}

/** `subject` is what is tested, in words: `the source "shop"`. */
export function createProblems(subject: string): Problems {
  const found = new Set<string>();
  return {
    get found() {
      return [...found];
    },
    add: (problem) => void found.add(problem),
    throwAny() {
      if (found.size === 0) return;
      const listed = [...found].slice(0, mostListed).map((problem) => `  - ${problem.replaceAll('\n', '\n    ')}`);
      const more = found.size > mostListed ? [`  and ${found.size - mostListed} more`] : [];
      const text = [`${subject} does not keep the contract of its kind:`, ...listed, ...more].join('\n');
      throw new SluiceError('conformance_failed', text);
    },
  };
}

/** A number of things in words: `1 record`, `5 records`. */
export function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`;
}

/** What was thrown, in words. */
export function wordsOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  return thrown.name === 'Error' || thrown.name === 'SluiceError'
    ? thrown.message
    : `${thrown.name}: ${thrown.message}`;
}

/** A value as a message shows it: short, and without a throw of its own. */
export function shown(value: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch {
    // It holds itself, or a bigint.
  }
  const whole = text ?? String(value);
  return whole.length > 120 ? `${whole.slice(0, 119)}…` : whole;
}
