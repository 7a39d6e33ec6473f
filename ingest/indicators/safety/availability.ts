import { notNegative } from "#shared/model/checks.ts";
import { CodedError } from "#shared/model/errors.ts";
import { type Ratio, ratioOfSums } from "#shared/model/ratio.ts";
import { isAtMost } from "#shared/model/threshold.ts";

/** S-14: valid over expected time of the signals that are tagged as safety; invalid time is not available. */
export const safetySignalAvailability = (
  signals: readonly { readonly validH: number; readonly expectedH: number }[],
): Ratio =>
  ratioOfSums(
    signals.map(({ validH, expectedH }, i) => {
      notNegative(validH, `valid hours of signal ${i}`);
      if (!isAtMost(validH, notNegative(expectedH, `expected hours of signal ${i}`)))
        throw new CodedError("OUT_OF_RANGE", `Signal ${i} is valid for ${validH} h of ${expectedH} h expected.`);
      return { numerator: validH, denominator: expectedH };
    }),
  );
