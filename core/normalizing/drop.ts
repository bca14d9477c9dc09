import { type Dropped, droppedFor } from '../contracts/normalizer.ts';

/**
 * Says that an item is not wanted: it becomes no record, and that is no error. It is counted as `dropped`, and the report
 * shows how many were dropped for each reason; so `reason` names a kind ('discontinued'), not the item.
 */
export function drop(reason: string): Dropped {
  return { [droppedFor]: reason };
}
