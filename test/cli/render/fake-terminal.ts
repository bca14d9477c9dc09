import { PassThrough } from 'node:stream';

/** A terminal of a given size that keeps what is written to it. */
export interface FakeTerminal extends NodeJS.WriteStream {
  /** All that was written since the last call. */
  taken(): string;
}

export function fakeTerminal(columns: number | undefined, rows = 24): FakeTerminal {
  let text = '';
  const terminal = Object.assign(new PassThrough(), {
    isTTY: columns !== undefined,
    columns,
    rows,
    taken() {
      const taken = text;
      text = '';
      return taken;
    },
  });
  terminal.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return terminal as unknown as FakeTerminal;
}
