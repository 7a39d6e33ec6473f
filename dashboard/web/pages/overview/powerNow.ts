import { conversionFactor } from "#shared/model/units.ts";
import type { ValueState } from "../../live/cell.ts";

export interface PowerPart {
  readonly name: string;
  /** UCUM code. */
  readonly unit: string;
  readonly value: number | null;
  readonly state: ValueState;
}

/** Power of a line now, and what is missing in it. */
export interface PowerNow {
  /** Sum of the parts that are known now, in kW; null where none is. */
  readonly kw: number | null;
  /** Names of the parts that are not in it: old, bad, never received. */
  readonly missing: readonly string[];
  readonly isUncertain: boolean;
}

/** Adds up what is known now. A part that is old or bad is named, not added: old is never shown as current. */
export function powerNow(parts: readonly PowerPart[]): PowerNow {
  const inKw = ({ value, unit, state }: PowerPart): number | null => {
    const factor = conversionFactor(unit, "kW");
    return value === null || factor === undefined || (state !== "good" && state !== "uncertain")
      ? null
      : value * factor;
  };
  const known = parts.map(inKw).filter((kw) => kw !== null);
  return {
    kw: known.length > 0 ? known.reduce((sum, kw) => sum + kw, 0) : null,
    missing: parts.filter((part) => inKw(part) === null).map(({ name }) => name),
    isUncertain: parts.some(({ state }) => state === "uncertain"),
  };
}
