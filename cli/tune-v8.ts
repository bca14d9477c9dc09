import { setFlagsFromString } from 'node:v8';

/** Suits V8 to a run's main thread and worker threads, which do little but the same few steps for page after page. Before these start. */
export function tuneV8(): void {
  // V8 would copy the functions on a page's way into each other, and compile them over and over: a sixth of the processor
  // time of a run of seconds, and no less time for a page of one of minutes. What is small is still copied.
  setFlagsFromString('--max-inlined-bytecode-size-cumulative=0');
  // Hardly anything of a page outlives it: one thread has moved that before the others are awake.
  setFlagsFromString('--no-parallel-scavenge');
  // V8 11, that of Node 20, compiles small functions when next to nothing is known of their arguments, and then once more.
  if (process.versions.v8.startsWith('11.')) setFlagsFromString('--max-bytecode-size-for-early-opt=0');
}

/** From so many sources on, what they hold is most of the heap. */
const manySources = 100;

/** Suits V8 to the number of a run's sources, at any time. */
export function tuneHeap(sources: number): void {
  if (sources < manySources) return;
  // What sources hold stays, and V8 would let as much garbage again gather before it collects. The more of it stays, the
  // rarer the collections are, even so.
  setFlagsFromString('--heap-growing-percent=50');
}
