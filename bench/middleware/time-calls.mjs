/** Requests under way at once, as a source has by default. */
const atOnce = 16;

/** Seconds that `calls` calls take, 16 at once. */
export async function timeCalls(call, calls) {
  let left = calls;
  const lane = async () => {
    while (left > 0) {
      left -= 1;
      await call();
    }
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: atOnce }, lane));
  return (performance.now() - started) / 1000;
}
