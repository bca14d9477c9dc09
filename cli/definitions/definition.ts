/** Takes the exit code of a command that has ended. */
export type Done = (exitCode: number) => void;

/** What the option for the config file says, the same for every command. */
export const configHelp = 'config file (default: pipeline.config.* or .pipelinerc* in this folder or above)';
