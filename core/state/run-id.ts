/** Sortable by its time, to the millisecond, and unique enough to name files: `20261123T185052417-4f2a9c`. */
export function createRunId(date: number): string {
  const time = new Date(date).toISOString().replaceAll(/[-:.Z]/g, '');
  return `${time}-${crypto.randomUUID().slice(0, 6)}`;
}
