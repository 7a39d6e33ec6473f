import { CodedError } from "./errors.ts";

/** A limit, factor or benchmark of a standard or notice: dated data, never a constant in code. */
export interface Standard<Values> {
  /** Stable; goes into `factorIds` of a result. */
  readonly id: string;
  readonly source: string;
  /**
   * How it was checked, with the catalogue's source: `V` read in the source, `V2` in a text that quotes it, `GK` general
   * knowledge, `P` decision of the project.
   */
  readonly evidence: string;
  /** First local day on which it holds, `YYYY-MM-DD`; null where the source names none. */
  readonly validFrom: string | null;
  /** First local day on which it holds no more; null while it does. */
  readonly validTo: string | null;
  readonly values: Values;
}

/** The one in force on a local day `YYYY-MM-DD`: of several the one that began last. Throws `CONFIG` if there is none. */
export function inForce<Values>(standards: readonly Standard<Values>[], day: string): Standard<Values> {
  const begin = ({ validFrom }: Standard<Values>) => validFrom ?? "";
  const found = standards
    .filter(({ validFrom, validTo }) => (validFrom ?? "") <= day && (validTo === null || day < validTo))
    .reduce<Standard<Values> | undefined>(
      (best, next) => (best && begin(best) >= begin(next) ? best : next),
      undefined,
    );
  if (!found) {
    const known = standards.map(({ id }) => id).join(", ") || "none";
    throw new CodedError("CONFIG", `No standard is in force on ${day} (known: ${known}); add it with its source.`);
  }
  return found;
}
