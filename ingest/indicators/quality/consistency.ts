import { each, finite, notNegative } from "#shared/model/checks.ts";
import { ratio, sum } from "#shared/model/ratio.ts";
import type { EpochMs } from "#shared/model/time.ts";

/** D-05: what the sub-meters do not explain of the main meter; the share is null where that shows nothing. */
export function energyBalance(
  mainKwh: number,
  subKwh: readonly number[],
): { readonly residualKwh: number; readonly residualShare: number | null } {
  const residualKwh = notNegative(mainKwh, "main meter in kWh") - sum(each(subKwh, notNegative, "sub-meter in kWh"));
  return { residualKwh, residualShare: ratio(residualKwh, mainKwh) };
}

/** The key of a message (catalogue 0.5): what is delivered twice under one key is one message. */
export interface MessageKey {
  readonly source: string;
  readonly at: EpochMs;
  readonly sequence: number;
}

export function duplicates(messages: readonly MessageKey[]): { readonly unique: number; readonly duplicates: number } {
  const keys = messages.map(({ source, at, sequence }) =>
    JSON.stringify([source, finite(at, `time of a message of ${source}`), finite(sequence, `sequence of ${source}`)]),
  );
  const unique = new Set(keys).size;
  return { unique, duplicates: keys.length - unique };
}
