import { isUtf8 } from 'node:buffer';
import type { JsonValue } from '../contracts/json.ts';
import { createSecretMask } from '../redact.ts';
import { changeTexts } from './change-texts.ts';
import { changeAround, type Vault } from './vault.ts';

/** Takes the known secrets out of what dead letters hold of an upstream's data, and nothing else. */
export interface LetterContent {
  /** A whole item, as JSON that the vault can show again; undefined where that is not to be had without a secret. */
  item(raw: string): string | undefined;
  /** A text that nobody reads but people. */
  text(raw: string): string;
  bytes(body: Uint8Array): Uint8Array;
}

/** A shorter part of a secret is more likely a word of the upstream's own data, which is to come back as it was. */
const shortestPartInData = 8;

/** `secrets` are all that are known; the vault puts back those that it knows, of the others `***` stays. */
export function createLetterContent(secrets: readonly string[], vault: Pick<Vault, 'hide'>): LetterContent {
  const mask = createSecretMask(secrets);
  const maskData = createSecretMask(secrets, shortestPartInData);
  const maskAround = (hidden: string): string => changeAround(hidden, maskData);
  // Where bytes are no UTF-8, each is read as a character; a secret may still be UTF-8 in the midst of them.
  const maskBinary = createSecretMask([...secrets, ...secrets.map((secret) => Buffer.from(secret).toString('latin1'))]);
  return {
    item(raw) {
      try {
        const item = JSON.parse(raw) as JsonValue;
        // One look at the whole is enough for nearly every item.
        if (vault.hide(raw) === raw && maskData(raw) === raw) return raw;
        // Text by text, and not in their JSON: what takes the place of a secret may need other escapes than it.
        const hidden = JSON.stringify(changeTexts(item, (text) => maskAround(vault.hide(text))));
        // A number may be a secret as well, and one may reach from one text into the next.
        return maskAround(hidden) === hidden ? hidden : undefined;
      } catch {
        // No JSON, from a processor of somebody's own, or nested too deep.
        return undefined;
      }
    },
    text: mask,
    bytes(body) {
      const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
      return isUtf8(bytes)
        ? Buffer.from(mask(bytes.toString()))
        : Buffer.from(maskBinary(bytes.toString('latin1')), 'latin1');
    },
  };
}
