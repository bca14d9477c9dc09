/** What a worker thread has in hand, in memory that the main thread can read even when the thread hangs or is gone. */

/** In the place of an index: nothing of that kind is in hand. */
export const none = -1;

/** In the place of an item's index: the page's plugins are being loaded. */
export const loading = -2;

/** Index of a page within its task and of an item within that page; `none` where there is none. */
export interface Place {
  readonly page: number;
  readonly item: number;
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
}

export function createInHand(): InHand {
  const memory = new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT);
  const marker = markInHand(memory);
  marker.page(none);
  const places = new Int32Array(memory);
  return { memory, read: () => ({ page: Atomics.load(places, 0), item: Atomics.load(places, 1) }) };
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
  };
}
