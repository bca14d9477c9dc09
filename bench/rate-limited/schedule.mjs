/**
 * Seconds after which the last of `pages` requests may go at the earliest, where an upstream answers after `latency`
 * seconds: the limit holds in every window of a second, and the first page has to be there before anybody knows of the
 * others, but for the `lookahead` ones that are asked for along with it. A limiter without margin, on a machine that takes no time, sends by this schedule.
 */
export function lastSend({ pages, perSecond, latency, lookahead }) {
  const sends = [0];
  for (let index = 1; index < pages; index += 1) {
    const free = index < perSecond ? 0 : sends[index - perSecond] + 1;
    sends.push(Math.max(free, index > lookahead ? latency : 0));
  }
  return sends.at(-1);
}
