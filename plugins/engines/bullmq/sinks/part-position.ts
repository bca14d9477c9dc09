import { z } from 'zod';

/** How far a session has durably got with one sink. */
export const partPosition = z.strictObject({
  /** Where its files are, for people. */
  host: z.string(),
  /** Source → its file up to there. */
  files: z.record(
    z.string(),
    z.strictObject({
      bytes: z.int().nonnegative(),
      records: z.int().nonnegative(),
      /** SHA-256 of these bytes, in hexadecimal digits. */
      sha256: z.string(),
    }),
  ),
});

export type PartPosition = z.infer<typeof partPosition>;
