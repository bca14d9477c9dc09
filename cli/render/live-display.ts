import { createLogUpdate } from 'log-update';
import stringWidth from 'string-width';
import type { Clock, LogStream } from '../../core/index.ts';

const frameMs = 100;

/** A part of the terminal that is drawn over and over, with log lines scrolling by above it. */
export interface LiveDisplay extends LogStream {
  /** Wipes the live part, writes what is still queued and gives the cursor back. */
  stop(): void;
}

/** Starts to draw `frame` ten times a second. Whatever else goes to the same terminal has to go through `write`. */
export function startLiveDisplay(options: {
  readonly terminal: NodeJS.WriteStream;
  readonly clock: Clock;
  readonly frame: (columns: number, rows: number) => readonly string[];
}): LiveDisplay {
  const { terminal, clock, frame } = options;
  const update = createLogUpdate(terminal);
  let queued = '';
  let drawn: readonly string[] = [];
  let width = 0;
  let cancel: () => void;

  function draw(): void {
    // What a terminal that does not tell its size is taken for.
    const columns = terminal.columns || 80;
    const lines = frame(columns, terminal.rows || 24);
    if (columns < width) wipeWrapped(columns);
    // log-update patches line by line, which goes wrong where their number has changed.
    else if (queued !== '' || lines.length !== drawn.length) update.clear();
    flush();
    update(lines.join('\n'));
    drawn = lines;
    width = columns;
  }

  /** A terminal that became narrower has broken the lines of the last frame: they take more rows than were drawn. */
  function wipeWrapped(columns: number): void {
    const rows = drawn.reduce((sum, line) => sum + Math.max(1, Math.ceil(stringWidth(line) / columns)), 0);
    terminal.write(`\u001b[${rows}A\r\u001b[J`);
    update.done();
  }

  function flush(): void {
    // Held until the next frame, so that a flood of log lines redraws the display ten times a second, not at each line.
    if (queued !== '') terminal.write(queued);
    queued = '';
  }

  function tick(): void {
    draw();
    cancel = clock.timer(frameMs, tick);
  }

  tick();
  return {
    write: (text) => (queued += text),
    stop() {
      cancel();
      update.clear();
      flush();
      update.done();
    },
  };
}
