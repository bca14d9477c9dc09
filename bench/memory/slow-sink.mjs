/** A sink that takes a page a millisecond and keeps nothing: what fetches must be slowed down by it. */
import { setTimeout as sleep } from 'node:timers/promises';

/** A timer is no finer than a millisecond or two, so it is set once for several batches. */
const batchesPerPause = 20;
const pauseMs = 20;

const slowSink = {
  name: 'slow',
  async open() {
    let batches = 0;
    return {
      async write() {
        batches += 1;
        if (batches % batchesPerPause === 0) await sleep(pauseMs);
      },
      commit: async () => batches,
      close: async () => undefined,
      abort: async () => undefined,
    };
  },
};

// oxlint-disable-next-line import/no-default-export -- that is where a plugin is looked for
export default slowSink;
