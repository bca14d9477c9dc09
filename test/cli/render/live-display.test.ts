import { describe, expect, it } from 'vitest';
import { startLiveDisplay } from '../../../cli/render/live-display.ts';
import { fakeClock } from '../../support/fake-clock.ts';
import { fakeTerminal } from './fake-terminal.ts';

function displaying(frame: () => string[]) {
  const clock = fakeClock();
  const terminal = fakeTerminal(80);
  let frames = 0;
  const display = startLiveDisplay({
    terminal,
    clock,
    frame: () => {
      frames += 1;
      return frame();
    },
  });
  return { clock, terminal, display, frames: () => frames };
}

describe('startLiveDisplay', () => {
  it('draws at once and ten times a second', async () => {
    const { clock, terminal, display, frames } = displaying(() => ['one', 'two']);
    expect(terminal.taken()).toContain('one\ntwo\n');
    await clock.advance(1_000);
    expect(frames()).toBe(11);
    display.stop();
  });

  it('writes nothing while nothing changes', async () => {
    const { clock, terminal, display } = displaying(() => ['same']);
    terminal.taken();
    await clock.advance(1_000);
    expect(terminal.taken()).toBe('');
    display.stop();
  });

  it('writes queued lines above the display, in one go with the next frame', async () => {
    const { clock, terminal, display } = displaying(() => ['frame']);
    terminal.taken();
    display.write('first\n');
    display.write('second\n');
    expect(terminal.taken()).toBe('');
    await clock.advance(100);
    const text = terminal.taken();
    expect(text).toContain('first\nsecond\n');
    expect(text.indexOf('first')).toBeGreaterThan(text.indexOf('\u001b[2K'));
    expect(text.indexOf('frame')).toBeGreaterThan(text.indexOf('second'));
    display.stop();
  });

  it('wipes the whole frame where the number of its lines changes', async () => {
    let lines = ['a', 'b', 'c'];
    const { clock, terminal, display } = displaying(() => lines);
    terminal.taken();
    lines = ['a', 'c'];
    await clock.advance(100);
    expect(terminal.taken()).toMatch(/(?:\u001b\[2K\u001b\[1A){3}[^]*a\nc\n/);
    display.stop();
  });

  it('wipes what a narrower terminal has broken into more rows', async () => {
    const { clock, terminal, display } = displaying(() => ['x'.repeat(70)]);
    terminal.taken();
    terminal.columns = 30;
    await clock.advance(100);
    expect(terminal.taken()).toContain('\u001b[3A\r\u001b[J');
    display.stop();
  });

  it('loses no line when it stops, and draws no more', async () => {
    const { clock, terminal, display, frames } = displaying(() => ['frame']);
    terminal.taken();
    display.write('last words\n');
    display.stop();
    expect(terminal.taken()).toMatch(/\u001b\[2K[^]*last words\n$/);
    const before = frames();
    await clock.advance(1_000);
    expect(frames()).toBe(before);
    expect(clock.timers).toBe(0);
  });
});
