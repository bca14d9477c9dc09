/** Characters of a foreign message that are kept. */
const maxLength = 500;

/** What was thrown, in words and in bounds. Never throws itself: plugins can throw anything. */
export function messageOf(thrown: unknown): string {
  try {
    const message = thrown instanceof Error ? thrown.message || thrown.name : String(thrown);
    return message.length > maxLength ? `${message.slice(0, maxLength)}…` : message;
  } catch {
    return 'something that has no words';
  }
}
