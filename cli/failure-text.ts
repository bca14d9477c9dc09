/** What there is to say of a failure. */
export interface FailureWords {
  /** A code of `docs/error-codes.md`. */
  readonly code: string;
  readonly message: string;
  /** What only `--log-level debug` shows. Default: left out. */
  readonly details?: readonly string[];
}

/** A failure as a line of JSON that ends in a newline, in the form of the log. */
export function failureLine({ code, message, details }: FailureWords): string {
  const line = { time: new Date().toISOString(), level: 'error', error: code, message, ...(details && { details }) };
  return `${JSON.stringify(line)}\n`;
}

/** A failure of the command itself: no module is needed to tell it, for it may be one that can't be loaded. */
export function internalErrorText(message: string, json: boolean): string {
  return json ? failureLine({ code: 'internal_error', message }) : `error: ${message}\n`;
}
