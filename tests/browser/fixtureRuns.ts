import type { Recorded } from "#shared/model/revision.ts";
import type { Run } from "#shared/model/run.ts";
import { instant, minutes } from "#shared/model/time.ts";

/** A run of the reactor that began so many minutes ago; it still runs where it has no length. */
export const fixtureRun = (id: string, agoMinutes: number, lengthMinutes: number | null): Recorded<Run> => {
  const from = instant(Date.now() - minutes(agoMinutes));
  return {
    id,
    revision: { number: 1, at: from, by: "tag", why: null },
    line: "fine-chemical",
    equipment: ["reactor"],
    project: null,
    tenant: null,
    kind: "development",
    batch: `B-${id.slice(-3)}`,
    recipe: "A-12 v3",
    lot: null,
    quantities: null,
    plannedSecondsPerUnit: null,
    from,
    to: lengthMinutes === null ? null : instant(from + minutes(lengthMinutes)),
    state: lengthMinutes === null ? "running" : "completed",
    reason: null,
    source: "tag",
    rule: null,
    note: null,
  };
};
