import { CodedError } from "#shared/model/errors.ts";
import type { Row } from "./family.ts";

/** A column that holds one of some words; throws `DAMAGED` for any other. */
export function column<T extends string>(row: Row, name: string, allowed: readonly T[]): T {
  const found = allowed.find((value) => value === row[name]);
  if (found === undefined) throw new CodedError("DAMAGED", `Records hold \`${row[name]}\` as ${name}.`);
  return found;
}
