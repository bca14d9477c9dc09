/** Sortable by its time, to the millisecond, and unique enough to name files: `20261123T185052417-4f2a9c`. */
export function createRunId(date: number): string {
  const time = new Date(date).toISOString().replaceAll(/[-:.Z]/g, '');
  return `${time}-${crypto.randomUUID().slice(0, 6)}`;
}

/** When the run of that id began, ISO 8601; the epoch for an id that has no time in it. */
export function startOfRun(id: string): string {
  const form = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})-.*$/;
  return form.test(id) ? id.replace(form, '$1-$2-$3T$4:$5:$6.$7Z') : new Date(0).toISOString();
}
