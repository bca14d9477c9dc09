/**
 * `T` with every property named, the optional ones too: where an object is copied one by one, what is added to its type
 * later must not get lost.
 */
export type Complete<T> = { [Key in keyof Required<T>]: T[Key] };
