/** Goals: ratios of what was measured in one run, evaluated, never typed in. */

const verdict = (goal, target, measured, holds) => ({
  goal,
  target,
  measured,
  reached: measured === undefined || Number.isNaN(measured) ? undefined : holds,
});

/** A figure that must not be above `target`. Undefined is not measured, and neither reached nor missed. */
export const atMost = (goal, target, measured) => verdict(goal, `≤ ${target}`, measured, measured <= target);

/** A figure that must not be below `target`. */
export const atLeast = (goal, target, measured) => verdict(goal, `≥ ${target}`, measured, measured >= target);
