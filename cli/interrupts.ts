const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** npm passes on a Ctrl-C that the terminal has sent to its child already: what comes so soon is the same one. */
const sameMs = 300;

/** What the two signals do. */
export interface Interrupts {
  /** The first one: stop what is under way, and end well. */
  readonly first: (signal: NodeJS.Signals) => void;
  /** Another one: end at once. */
  readonly second: () => void;
}

/** Listens for Ctrl-C and its kin until the returned function is called. */
export function onInterrupt({ first, second }: Interrupts, now: () => number = () => performance.now()): () => void {
  let firstAt: number | undefined;
  const listen = (signal: NodeJS.Signals): void => {
    if (firstAt === undefined) {
      firstAt = now();
      first(signal);
    } else if (now() - firstAt > sameMs) {
      second();
    }
  };
  for (const signal of signals) process.on(signal, listen);
  return () => {
    for (const signal of signals) process.off(signal, listen);
  };
}
