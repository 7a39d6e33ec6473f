import type { Keep } from "#shared/model/retention.ts";
import { tagMeanings } from "#shared/model/tag.ts";
import type { Plant } from "../plant.ts";
import type { Report } from "../problem.ts";
import { keepOf } from "../retention.ts";

const order = [
  ["rawDays", "minuteDays"],
  ["minuteDays", "rollUpDays"],
] as const;

/** What is coarser is kept at least as long: otherwise a time would have samples and no roll-ups. */
export function checkRetention({ retention }: Plant, report: Report): void {
  const check = (path: string, keep: Keep): void => {
    for (const [fine, coarse] of order) {
      const [fineDays, coarseDays] = [keep[fine], keep[coarse]];
      if (coarseDays === null || (fineDays !== null && fineDays <= coarseDays)) continue;
      const what = `\`${coarse}\` of ${coarseDays} is less than \`${fine}\`, ${fineDays ?? "for good"}`;
      report(path, what, `give \`${fine}\` at most ${coarseDays}, or raise \`${coarse}\`.`);
    }
  };
  check("retention", keepOf(retention));
  for (const meaning of tagMeanings) {
    if (retention?.byMeaning?.[meaning]) check(`retention.byMeaning.${meaning}`, keepOf(retention, meaning));
  }
}
