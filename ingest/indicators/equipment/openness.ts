import { type Ratio, ratioOfSums } from "#shared/model/ratio.ts";

/** What the register says of an equipment; a missing entry is not open. */
export interface OpennessEntry {
  readonly isObliged: boolean;
  readonly hasConditions: boolean;
  readonly hasPrice: boolean;
  readonly hasBookingEntry: boolean;
}

/** U-23: open, with published conditions, price and a booking entry, of what is obliged to be. */
export const openness = (register: readonly OpennessEntry[]): Ratio =>
  ratioOfSums(
    register
      .filter(({ isObliged }) => isObliged)
      .map(({ hasConditions, hasPrice, hasBookingEntry }) => ({
        numerator: hasConditions && hasPrice && hasBookingEntry ? 1 : 0,
        denominator: 1,
      })),
  );
