import { calendar } from "#shared/model/calendar.ts";
import type { EquipmentState } from "#shared/model/equipment.ts";
import type { PlantView } from "#shared/model/live.ts";
import type { EnergyAnswer, EnergyPiece } from "#shared/model/operation.ts";
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

/** Energy of a month by day, of what has a meter; what lies ahead is unknown. */
export function fixtureEnergy(query: URLSearchParams, now: EpochMs): Pick<EnergyAnswer, "total" | "pieces"> {
  const { period } = calendar("Asia/Shanghai");
  const { from, to } = period(query.get("period") ?? "");
  const meters = Number(query.get("scope")?.endsWith("/meter"));
  const pieces: EnergyPiece[] = [];
  for (let at = Number(from); at < to; at += 1_440 * minute) {
    const name = new Date(at + 480 * minute).toISOString().slice(0, 10);
    const kwh = at < now && meters > 0 ? 90 + ((at / minute) % 23) : null;
    pieces.push({ name, from: instant(at), kwh, coverage: 0.98, states: {}, bands: {} });
  }
  const total = { value: null, estimated: 0, coverage: 1, status: "ok", reason: null, flags: [], meters } as const;
  return { total, pieces };
}
