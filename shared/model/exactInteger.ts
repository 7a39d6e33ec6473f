/**
 * Whole numbers that a double would round (64-bit counters, identifiers) are carried as their exact decimal text, good
 * as they are: JSON, pages, stores and CSV files keep a text as it is. There is no arithmetic with them.
 */
const decimal = /^-?[1-9]\d{15,}$/;

/** The whole number as a value of a tag. */
export const exactInteger = (whole: bigint): number | string => {
  const number = Number(whole);
  return Number.isSafeInteger(number) ? number : String(whole);
};

/** Whether a value is such a text. */
export const isExactInteger = (value: unknown): value is string =>
  typeof value === "string" && decimal.test(value) && !Number.isSafeInteger(Number(value));
