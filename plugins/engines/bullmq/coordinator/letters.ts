import {
  createDeadLetters,
  createLetterContent,
  createVault,
  type DeadLetterPosition,
  type DeadLetters,
  type EngineContext,
  letterFile,
  nodeDisk,
  runFolder,
} from '../../../../core/engine.ts';

/**
 * Opens the dead letters of a run in the state folder of this machine, at `position` where an earlier life of the
 * coordinator was here; undefined where nothing is kept. Throws `state_failed`.
 */
export async function openLetters(
  { config, pluginVersions, clean, logger }: EngineContext,
  runId: string,
  position: DeadLetterPosition,
): Promise<DeadLetters | undefined> {
  const { state, secrets, references } = config;
  if (state === undefined) return undefined;
  const folder = runFolder(state.dir, runId);
  await nodeDisk.makeFolder(folder);
  const path = letterFile(folder);
  const file = await nodeDisk.append(path);
  // A coordinator on another machine has its letters there: what is counted from here on is where this file ends.
  const from = { ...position, bytes: Math.min(position.bytes, file.size) };
  if (file.size > from.bytes) await file.truncate(from.bytes);
  return createDeadLetters({
    path,
    file,
    position: from,
    maxBytes: state.maxDeadLetterBytes,
    versions: pluginVersions,
    clean,
    content: createLetterContent(secrets, createVault(references.secrets, references.env)),
    onFault: (error) => logger.warn(error.message),
  });
}
