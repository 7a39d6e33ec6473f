/** A value of type `T` that only the functions of its own module make. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };
declare const brand: unique symbol;

/** An instant: integer milliseconds since 1970-01-01T00:00:00Z (D10). */
export type EpochMs = Brand<number, "instant in ms UTC">;
/** A length of time in milliseconds. */
export type DurationMs = Brand<number, "duration in ms">;

export const instant = (epochMs: number): EpochMs => epochMs as EpochMs;
export const millis = (n: number): DurationMs => n as DurationMs;
export const seconds = (n: number): DurationMs => millis(n * 1_000);
export const minutes = (n: number): DurationMs => seconds(n * 60);
export const hours = (n: number): DurationMs => minutes(n * 60);

export const later = (at: EpochMs, by: DurationMs): EpochMs => instant(at + by);
export const elapsed = (from: EpochMs, to: EpochMs): DurationMs => millis(to - from);
