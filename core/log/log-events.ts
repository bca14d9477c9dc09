import type { EventListener } from '../contracts/events.ts';
import type { Logger } from '../contracts/logger.ts';
import { eventLines, isDetail } from './event-lines.ts';
import { takesDebug } from './logger.ts';

/**
 * Writes the events of a run to the log. Of lines on one subject (a retry of one source for one error, a reject
 * for one reason, …) the 1st, 10th, 100th, … is written at its level, with how many there were; the others at
 * debug. So a failing upstream is heard of at once and never floods the log, and no line is lost to who asks. Once nobody
 * reads the output (`| head`), all is at debug: what is given up then is missed by nobody.
 */
export function logEvents(logger: Logger): EventListener {
  const seen = new Map<string, number>();
  const detailed = takesDebug(logger);
  let unread = false;

  return (event) => {
    unread ||= event.type === 'run-stopping' && event.error.code === 'reader_gone';
    // Several for each page: to put them into words for nobody would cost more than all other listeners do.
    if (!detailed && isDetail(event)) return;
    for (const line of eventLines(event)) {
      const { subject, message, fields } = line;
      const level = unread ? 'debug' : line.level;
      if (subject === undefined) {
        logger[level](message, fields);
        continue;
      }
      const count = (seen.get(subject) ?? 0) + 1;
      seen.set(subject, count);
      const text = count === 1 ? message : `${message} (number ${count} of its kind)`;
      logger[isPowerOfTen(count) ? level : 'debug'](text, { ...fields, count });
    }
  };
}

function isPowerOfTen(count: number): boolean {
  return /^10*$/.test(String(count));
}
