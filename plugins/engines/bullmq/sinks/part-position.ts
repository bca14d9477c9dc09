import { z } from 'zod';

/** How far a session has durably got with one sink. */
const ownPosition = z.strictObject({
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

/** As it is kept: with what the sink's filter kept from it, where it has one. */
export const partPosition = z.union([
  ownPosition,
  z.strictObject({ filtered: z.int().nonnegative(), position: ownPosition }).transform(({ position }) => position),
]);

export type PartPosition = z.infer<typeof ownPosition>;
