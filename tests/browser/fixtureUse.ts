import type { EquipmentState } from "#shared/model/equipment.ts";
import type { PlantView } from "#shared/model/live.ts";
import type { Recorded } from "#shared/model/revision.ts";
import type { Run } from "#shared/model/run.ts";
import { type EpochMs, instant } from "#shared/model/time.ts";
import type { StatesAnswer } from "../../dashboard/web/api/stateApi.ts";

const minute = 60_000;

/** One run goes on, on the reactor and what feeds it. */
export function fixtureRuns(now: EpochMs): readonly Recorded<Run>[] {
  const from = instant(now - 95 * minute);
  return [
    {
      id: "R000041",
      line: "fine-chemical",
      equipment: ["feed", "reactor"],
      project: null,
      tenant: null,
      kind: "scaleUp",
      batch: "FC-2611-07",
      recipe: "NMP-3 v2",
      lot: null,
      quantities: null,
      plannedSecondsPerUnit: null,
      from,
      to: null,
      state: "running",
      reason: null,
      source: "tag",
      rule: "fine-chemical/batch",
      note: null,
      revision: { number: 1, at: from, by: "tag demo/fine-chemical/reactor/phase", why: null },
    },
  ];
}

/** Stretches of 50 minutes, the same ones for whoever asks; nothing behind now. */
export function fixtureStates(query: URLSearchParams, plant: PlantView, now: EpochMs): StatesAnswer {
  const [from, to] = [Number(query.get("from")), Math.min(Number(query.get("to")), now)];
  const kinds: readonly EquipmentState[] = ["SBY", "PRD", "PRD", "ENG", "PRD", "UDT", "UNK"];
  const timelines = plant.lines
    .filter(({ id }) => id === (query.get("line") ?? id))
    .flatMap((line) => line.equipment.map(({ id }) => ({ line: line.id, equipment: id })))
    .filter(({ equipment }) => equipment === (query.get("equipment") ?? equipment))
    .map((place) => {
      const count = Math.max(0, Math.ceil((to - from) / (50 * minute)));
      const stretches = Array.from({ length: count }, (_, i) => ({
        from: instant(from + i * 50 * minute),
        to: instant(Math.min(to, from + (i + 1) * 50 * minute)),
        state: kinds[i % kinds.length] ?? "UNK",
      }));
      return { ...place, stretches };
    });
  return { timelines, corrections: [] };
}
