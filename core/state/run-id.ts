/** The farthest that a clock is taken to have been set back, in milliseconds: a day. A run from beyond has a wrong time. */
const mostSetBackMs = 86_400_000;

/**
 * Sortable by its time, to the millisecond, and unique enough to name files: `20261123T185052417-4f2a9c`. It comes after
 * `latest`, the id of the run before it, also where the clock has been set back since: which run is the last one, and
 * which are old, is told by their order.
 */
export function createRunId(date: number, latest?: string): string {
  const next = latest === undefined ? date : Date.parse(startOfRun(latest)) + 1;
  const time = new Date(next > date && next - date <= mostSetBackMs ? next : date)
    .toISOString()
    .replaceAll(/[-:.Z]/g, '');
  return `${time}-${crypto.randomUUID().slice(0, 6)}`;
}

/** When the run of that id began, ISO 8601; the epoch for an id that has no time in it. */
export function startOfRun(id: string): string {
  const form = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})-.*$/;
  return form.test(id) ? id.replace(form, '$1-$2-$3T$4:$5:$6.$7Z') : new Date(0).toISOString();
}
