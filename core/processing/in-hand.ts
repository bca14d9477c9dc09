/** What a worker thread has in hand, in memory that the main thread can read even when the thread hangs or is gone. */

/** In the place of an index: nothing of that kind is in hand. */
export const none = -1;

/** In the place of an item's index: the page's plugins are being loaded. */
export const loading = -2;

/** In the place of an item's index: items wait for something outside of the thread, and its event loop has to go on. */
export const waiting = -3;

/** Index of a page within its task and of an item within that page; `none` where there is none. */
export interface Place {
  readonly page: number;
  readonly item: number;
  /** Grows while the event loop of a thread goes on whose items wait; else it stays. */
  readonly beat?: number;
}

/** The main thread's side: memory for one task, to be handed over with it. */
export interface InHand {
  readonly memory: SharedArrayBuffer;
  read(): Place;
}

/** The thread's side: to be told before each step. */
export interface InHandMarker {
  readonly page: (index: number) => void;
  readonly item: (index: number) => void;
  readonly beat: () => void;
}

export function createInHand(): InHand {
  const memory = new SharedArrayBuffer(3 * Int32Array.BYTES_PER_ELEMENT);
  const marker = markInHand(memory);
  marker.page(none);
  const places = new Int32Array(memory);
  return {
    memory,
    read() {
      const [page, item, beat] = [0, 1, 2].map((index) => Atomics.load(places, index)) as [number, number, number];
      return item === waiting ? { page, item, beat } : { page, item };
    },
  };
}

export function markInHand(memory: SharedArrayBuffer): InHandMarker {
  const places = new Int32Array(memory);
  return {
    page(index) {
      // The item goes first: between the two stores, no item of the old page is taken for one of the new.
      Atomics.store(places, 1, none);
      Atomics.store(places, 0, index);
    },
    item(index) {
      Atomics.store(places, 1, index);
    },
    beat() {
      Atomics.add(places, 2, 1);
    },
  };
}
