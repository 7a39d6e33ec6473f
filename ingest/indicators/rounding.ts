import { count } from "#shared/model/checks.ts";
import { CodedError } from "#shared/model/errors.ts";

/** `half_even` after GB/T 8170 for presentation and grading; `half_up` where a tariff asks for it. */
export type Rounding = "half_even" | "half_up";

/** A decimal as digits · 10^exponent. */
interface Decimal {
  readonly isNegative: boolean;
  readonly digits: bigint;
  readonly exponent: number;
}

function parseDecimal(text: string): Decimal {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/.exec(text.trim());
  const [, sign = "", whole = "", fraction = "", power = "0"] = match ?? [];
  if (!match || whole + fraction === "") throw new CodedError("NOT_A_NUMBER", `\`${text}\` is not a decimal number.`);
  return { isNegative: sign === "-", digits: BigInt(whole + fraction), exponent: Number(power) - fraction.length };
}

/** A decimal text rounded to so many decimals, exactly; half away from zero, or to the even neighbour. */
export function roundedDecimal(text: string, decimals: number, rounding: Rounding): number {
  const { isNegative, digits, exponent } = parseDecimal(text);
  const drop = -(exponent + count(decimals, "decimals"));
  if (drop <= 0) return Number(text);
  const unit = 10n ** BigInt(drop);
  const floor = digits / unit;
  const twice = (digits % unit) * 2n;
  const isUp = twice > unit || (twice === unit && (rounding === "half_up" || floor % 2n === 1n));
  const size = Number(`${isUp ? floor + 1n : floor}e-${decimals}`);
  return isNegative && size !== 0 ? -size : size;
}

/** A computed value: its decimal representation, without the noise of a double's last digits. */
export const rounded = (value: number, decimals: number, rounding: Rounding): number =>
  roundedDecimal(String(Number(value.toPrecision(14))), decimals, rounding);
