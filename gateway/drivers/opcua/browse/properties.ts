import { parseUnit, ucumFor } from "#shared/model/units.ts";
import { commonCodeOf, ucumOfCommonCode } from "../euUnits.ts";

/** EngineeringUnits of IEC 62541-8, 5.6.3. */
export interface EngineeringUnit {
  readonly symbol: string;
  /** UN/CEFACT common code, where the server says one. */
  readonly commonCode: string | undefined;
  /** Undefined where no UCUM code is known for it. */
  readonly ucum: string | undefined;
}

/** Properties of a variable that say what its value means (IEC 62541-8, 5.3). */
export const meaningProperties = [
  "EURange",
  "EngineeringUnits",
  "EnumStrings",
  "EnumValues",
  "TrueState",
  "FalseState",
  "ValuePrecision",
] as const;

type Read = (name: string) => unknown;

/** Which keys a structure of the server may have; anything may come over the wire. */
const keysOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};

/** The text of a LocalizedText. */
const textOf = (value: unknown): string => String(keysOf(value).text ?? "");

/** By the common code first, for symbols differ between makers; by the symbol where that is UCUM or a known spelling. */
export function unitOf(value: unknown): EngineeringUnit | undefined {
  const { unitId, namespaceUri, displayName } = keysOf(value);
  const symbol = textOf(displayName).trim();
  const commonCode = commonCodeOf(Number(unitId ?? 0), String(namespaceUri ?? ""));
  if (symbol === "" && commonCode === undefined) return undefined;
  const spelt = symbol === "" ? undefined : (ucumFor(symbol) ?? (parseUnit(symbol) ? symbol : undefined));
  return { symbol, commonCode, ucum: (commonCode && ucumOfCommonCode(commonCode)) ?? spelt };
}

export function rangeOf(value: unknown): readonly [low: number, high: number] | undefined {
  const { low, high } = keysOf(value);
  if (typeof low !== "number" || typeof high !== "number") return undefined;
  // Servers without a range often show 0..0.
  return Number.isFinite(low) && Number.isFinite(high) && low < high ? [low, high] : undefined;
}

/** ValuePrecision counts digits behind the point where it is not negative (IEC 62541-8, 5.3.1). */
export const precisionOf = (value: unknown): number | undefined =>
  typeof value === "number" && value >= 0 && value <= 15 ? Math.round(value) : undefined;

/** Texts by value: of EnumStrings by their place, of EnumValues by their value, of the two states by false and true. */
export function textsOf(read: Read): Readonly<Record<string, string>> | undefined {
  for (const name of ["EnumStrings", "EnumValues", "type"]) {
    const list = read(name);
    if (!Array.isArray(list) || list.length === 0) continue;
    return Object.fromEntries(list.map((entry, i): [string, string] => textAt(entry, i)));
  }
  const [yes, no] = [textOf(read("TrueState")), textOf(read("FalseState"))];
  return yes === "" && no === "" ? undefined : { false: no, true: yes };
}

function textAt(entry: unknown, at: number): [value: string, text: string] {
  const { value, displayName } = keysOf(entry);
  if (displayName === undefined) return [String(at), textOf(entry)];
  // A 64-bit value is a pair of words.
  const [high = 0, low = 0] = Array.isArray(value) ? value : [0, Number(value)];
  return [String((high | 0) * 2 ** 32 + low), textOf(displayName)];
}
