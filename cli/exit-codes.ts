/** What the command tells the shell, beside the outcome of a run that was carried out. */
export const exitCodes = {
  ok: 0,
  /** All sources or all sinks failed, or something nobody expected. */
  failed: 1,
  /** The command line or the config can't be used; nothing was requested. */
  usage: 2,
  /** Some of it was delivered. Comes from the run itself. */
  partial: 3,
  interrupted: 130,
  /** Nobody reads the output any more. Comes from the run itself. */
  readerGone: 141,
} as const;
