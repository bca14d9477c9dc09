/** A rate limit that nothing waits for. */
export const unlimited = { requests: 10_000_000, perMs: 1000 };
