import { CodedError } from "./errors.ts";

/** `value` if it is a finite number, else `NOT_A_NUMBER`: a figure is never made of NaN. */
export function finite(value: number, name: string): number {
  if (typeof value !== "number" || !Number.isFinite(value))
    throw new CodedError(
      "NOT_A_NUMBER",
      `${name} is ${value === undefined ? "missing" : String(value)}; give a number.`,
    );
  return value;
}

/** A finite number of at least 0, else `NOT_A_NUMBER` or `OUT_OF_RANGE`. */
export function notNegative(value: number, name: string): number {
  if (finite(value, name) < 0) throw new CodedError("OUT_OF_RANGE", `${name} is ${value}; it cannot be negative.`);
  return value;
}

/** A finite number above 0, else `NOT_A_NUMBER` or `OUT_OF_RANGE`. */
export function positive(value: number, name: string): number {
  if (finite(value, name) <= 0) throw new CodedError("OUT_OF_RANGE", `${name} is ${value}; it must be above 0.`);
  return value;
}

/** A whole number of at least 0, else `NOT_A_NUMBER` or `OUT_OF_RANGE`. */
export function count(value: number, name: string): number {
  if (!Number.isInteger(notNegative(value, name)))
    throw new CodedError("OUT_OF_RANGE", `${name} is ${value}; it must be a whole number.`);
  return value;
}

/** Every number of a list by one of the checks; the error names the place. */
export function each<List extends ArrayLike<number>>(
  values: List,
  check: (value: number, name: string) => number,
  name: string,
): List {
  for (let i = 0; i < values.length; i++)
    try {
      check(values[i] as number, name);
    } catch {
      // Of millions of values only the wrong one is worth a name of its own.
      check(values[i] as number, `${name}[${i}]`);
    }
  return values;
}
