import { CodedError } from "#shared/model/errors.ts";

/** A value that JSON can hold. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

const refused = (path: string, why: string): CodedError =>
  new CodedError("MALFORMED", `${path} ${why}, which JSON cannot hold.`);

function text(value: string, path: string): string {
  if (!value.isWellFormed()) throw refused(path, "has half of a surrogate pair");
  return JSON.stringify(value);
}

function write(value: Json, path: string): string {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "string") return text(value, path);
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw refused(path, `is ${value}`);
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map((item: Json, i) => write(item, `${path}[${i}]`)).join(",")}]`;
  if (typeof value !== "object") throw refused(path, `is ${value === undefined ? "missing" : `a ${typeof value}`}`);
  const members = Object.entries(value)
    // By UTF-16 code units, which is how `<` compares strings.
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${text(key, path)}:${write(member, `${path}.${key}`)}`);
  return `{${members.join(",")}}`;
}

/** The canonical form of RFC 8785. Throws `MALFORMED` for NaN, infinity, undefined and half surrogate pairs. */
export const canonicalJson = (value: Json): string => write(value, "$");
