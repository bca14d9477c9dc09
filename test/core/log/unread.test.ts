import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../core/contracts/events.ts';
import { SluiceError } from '../../../core/errors.ts';
import { logEvents } from '../../../core/log/log-events.ts';

function levelsOf(...events: RunEvent[]): string[] {
  const levels: string[] = [];
  const level = (name: string) => () => void levels.push(name);
  const logger = { error: level('error'), warn: level('warn'), info: level('info'), debug: level('debug') };
  const listen = logEvents(logger);
  for (const event of events) listen({ ...event, at: 0 });
  return levels;
}

const error = new SluiceError('sink_failed', 'stopped');
const failed: RunEvent = { type: 'pages-failed', source: 'a', pages: 3, error };

describe('logEvents', () => {
  it('tells nobody of what is given up once the reader of the output has gone', () => {
    const gone: RunEvent = { type: 'run-stopping', error: new SluiceError('reader_gone', 'nobody reads') };
    expect(levelsOf(gone, failed, { type: 'source-ended', source: 'a', state: 'failed' })).toEqual([
      'debug',
      'debug',
      'debug',
    ]);
    expect(levelsOf({ type: 'run-stopping', error }, failed)).toEqual(['warn', 'error']);
  });
});
