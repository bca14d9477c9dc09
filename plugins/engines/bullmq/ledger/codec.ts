import { deserialize, serialize } from 'node:v8';
import { type ErrorCode, SluiceError } from '../../../../core/engine.ts';
import type { LedgerOutcome } from './outcome.ts';

/** An error as it lies in Redis. Its texts are clean already: errors hold no secrets. */
interface PackedError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryable: boolean;
  readonly status?: number | undefined;
  readonly url?: string | undefined;
  readonly attempts?: number | undefined;
  readonly cause?: PackedError;
}

export function packError(error: SluiceError): Buffer {
  return serialize(plainError(error));
}

export function unpackError(packed: Uint8Array): SluiceError {
  return errorOf(deserialize(packed) as PackedError);
}

/** By the structured clone of Node: maps, typed arrays and bigints stand as they are, and bytes are not inflated. */
export function packOutcome(outcome: LedgerOutcome): Buffer {
  return serialize('error' in outcome ? { ...outcome, error: plainError(outcome.error) } : outcome);
}

export function unpackOutcome(packed: Uint8Array): LedgerOutcome {
  // What was packed here: an outcome, its error made plain.
  const plain = deserialize(packed) as { readonly error?: PackedError };
  return (plain.error === undefined ? plain : { ...plain, error: errorOf(plain.error) }) as LedgerOutcome;
}

/** Hashes as 8 bytes each, the highest first. */
export function packHashes(hashes: BigUint64Array | readonly bigint[]): Buffer {
  const packed = Buffer.allocUnsafe(hashes.length * 8);
  for (const [index, hash] of hashes.entries()) packed.writeBigUInt64BE(hash, index * 8);
  return packed;
}

export function unpackHashes(packed: Buffer): BigUint64Array<ArrayBuffer> {
  return BigUint64Array.from({ length: packed.length / 8 }, (_, index) => packed.readBigUInt64BE(index * 8));
}

function plainError(error: SluiceError): PackedError {
  const { code, message, retryable, status, url, attempts, cause } = error;
  return {
    code,
    message,
    retryable,
    status,
    url,
    attempts,
    // Only errors of our own are known to be clean.
    ...(cause instanceof SluiceError && { cause: plainError(cause) }),
  };
}

function errorOf({ code, message, cause, ...details }: PackedError): SluiceError {
  return new SluiceError(code, message, { ...details, ...(cause !== undefined && { cause: errorOf(cause) }) });
}
