/** One place where a result differs. */
export interface Difference {
  /** For example `$.periods.2025-03.kwh`. */
  readonly path: string;
  readonly expected: unknown;
  readonly got: unknown;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

/**
 * As section G of the catalogue says: numbers within an absolute tolerance; strings, booleans, null and the sets of
 * keys exactly; lists by position.
 */
export function differences(expected: unknown, got: unknown, tolerance: number, path = "$"): readonly Difference[] {
  const here = [{ path, expected, got }];
  if (typeof expected === "number") return typeof got === "number" && Math.abs(got - expected) <= tolerance ? [] : here;
  if (!isObject(expected) || !isObject(got)) return Object.is(expected, got) ? [] : here;
  if (Array.isArray(expected) !== Array.isArray(got)) return here;
  if (Array.isArray(expected) && Array.isArray(got)) {
    if (expected.length !== got.length) return here;
    return expected.flatMap((item, i) => differences(item, got[i], tolerance, `${path}[${i}]`));
  }
  const keys = [...new Set([...Object.keys(expected), ...Object.keys(got)])];
  return keys.flatMap((key) => {
    const at = `${path}.${key}`;
    if (!Object.hasOwn(got, key)) return [{ path: at, expected: expected[key], got: undefined }];
    if (!Object.hasOwn(expected, key)) return [{ path: at, expected: undefined, got: got[key] }];
    return differences(expected[key], got[key], tolerance, at);
  });
}
