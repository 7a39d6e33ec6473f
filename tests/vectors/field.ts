import { type EpochMs, instant } from "#shared/model/time.ts";

/** A value of a vector file, and where it stands: what has another shape is an error that says where. */
export interface Field {
  /** A member that must be there. */
  at(key: string): Field;
  /** A member that may be absent or null. */
  maybe(key: string): Field | undefined;
  number(): number;
  text(): string;
  flag(): boolean;
  /** An ISO 8601 time with its offset. */
  instant(): EpochMs;
  list(): readonly Field[];
  numbers(): readonly number[];
  /** Numbers, or null. */
  numbersOrNull(): readonly (number | null)[];
  members(): readonly (readonly [string, Field])[];
  readonly raw: unknown;
}

const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)$/;

export function field(raw: unknown, path: string): Field {
  const wrong = (wanted: string) => new Error(`${path}: ${JSON.stringify(raw) ?? "missing"} is not ${wanted}`);
  const object = (): Record<string, unknown> => {
    if (typeof raw !== "object" || raw === null || Array.isArray(raw)) throw wrong("an object");
    return raw as Record<string, unknown>;
  };
  const member = (key: string): unknown => (Object.hasOwn(object(), key) ? object()[key] : undefined);
  const list = (): readonly Field[] => {
    if (!Array.isArray(raw)) throw wrong("a list");
    return raw.map((item, i) => field(item, `${path}[${i}]`));
  };
  return {
    raw,
    at: (key) => {
      if (member(key) === undefined) throw new Error(`${path}.${key} is missing`);
      return field(member(key), `${path}.${key}`);
    },
    maybe: (key) => {
      const value = member(key);
      return value === undefined || value === null ? undefined : field(value, `${path}.${key}`);
    },
    number: () => {
      if (typeof raw !== "number" || !Number.isFinite(raw)) throw wrong("a number");
      return raw;
    },
    text: () => {
      if (typeof raw !== "string") throw wrong("a text");
      return raw;
    },
    flag: () => {
      if (typeof raw !== "boolean") throw wrong("true or false");
      return raw;
    },
    instant: () => {
      const at = typeof raw === "string" && isoTime.test(raw) ? Date.parse(raw) : Number.NaN;
      if (Number.isNaN(at)) throw wrong("a time with its offset");
      return instant(at);
    },
    list,
    numbers: () => list().map((item) => item.number()),
    numbersOrNull: () => list().map((item) => (item.raw === null ? null : item.number())),
    members: () => Object.entries(object()).map(([key, value]) => [key, field(value, `${path}.${key}`)] as const),
  };
}

/** `2025-02-28T16:00:00Z`, with milliseconds only where there are some. */
export const isoText = (at: EpochMs): string => new Date(at).toISOString().replace(".000Z", "Z");
