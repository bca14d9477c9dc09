import { availableParallelism, cpus, release, totalmem, type } from 'node:os';

/** What the figures were measured on; nothing that tells whose machine it is. */
export function describeMachine() {
  return {
    cores: availableParallelism(),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    memoryGb: Math.round(totalmem() / 2 ** 30),
    os: `${type()} ${release().split('-')[0]}`,
    arch: process.arch,
    node: process.version,
  };
}
