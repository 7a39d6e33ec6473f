import type { Log } from "#shared/kit/log.ts";
import { messageOf } from "#shared/model/errors.ts";
import type { Gap } from "#shared/model/sample.ts";
import { instant } from "#shared/model/time.ts";
import type { SampleReader } from "#shared/store/port.ts";
import { isLoss } from "./gapCut.ts";
import type { GapLedger } from "./gapLedger.ts";

/** Samples asked for at once. */
const most = 10_000;

/**
 * Takes out of the ledger what the store has in fact: the last second before a kill may have been stored but not noted.
 * Runs beside the work, one question at a time.
 */
export async function checkGaps(
  known: readonly Gap[],
  reader: Pick<SampleReader, "range">,
  gaps: Pick<GapLedger, "stored" | "flush">,
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  try {
    for (const gap of known) {
      if (isLoss(gap)) continue;
      const to = gap.to ?? instant(Number.MAX_SAFE_INTEGER);
      // The first sample ends a gap that lasts.
      const limit = gap.to === null ? 1 : most;
      for (let from = instant(gap.from + 1), more = true; more && from < to; ) {
        if (signal.aborted) return;
        const found = await reader.range(gap.tag, from, to, limit);
        for (const sample of found.samples) gaps.stored(sample, null, () => gap.cause);
        more = found.more && gap.to !== null;
        from = instant((found.samples.at(-1)?.at ?? to) + 1);
      }
    }
    gaps.flush();
  } catch (error) {
    log.warn(
      { error: messageOf(error) },
      "Gaps could not be compared with the store; those that it has filled stay listed",
    );
  }
}
