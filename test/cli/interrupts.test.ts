import { afterEach, describe, expect, it } from 'vitest';
import { onInterrupt } from '../../cli/interrupts.ts';

let forget: () => void = () => undefined;
afterEach(() => forget());

function listening() {
  const heard: string[] = [];
  let time = 0;
  forget = onInterrupt({ first: (signal) => heard.push(signal), second: () => heard.push('second') }, () => time);
  return { heard, wait: (ms: number) => (time += ms) };
}

describe('onInterrupt', () => {
  it('tells the first interrupt from the second', () => {
    const { heard, wait } = listening();
    process.emit('SIGINT', 'SIGINT');
    wait(1_000);
    process.emit('SIGTERM', 'SIGTERM');
    expect(heard).toEqual(['SIGINT', 'second']);
  });

  it('takes a Ctrl-C that npm passes on for the same one', () => {
    const { heard, wait } = listening();
    process.emit('SIGINT', 'SIGINT');
    wait(20);
    process.emit('SIGINT', 'SIGINT');
    expect(heard).toEqual(['SIGINT']);
  });

  it('leaves no listener behind', () => {
    const before = process.listenerCount('SIGINT');
    listening();
    expect(process.listenerCount('SIGINT')).toBe(before + 1);
    forget();
    expect(process.listenerCount('SIGINT')).toBe(before);
  });
});
