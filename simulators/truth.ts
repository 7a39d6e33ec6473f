import type { RunningPlant } from "./plants/plant.ts";
import type { Reading } from "./signal.ts";

/** What an equipment of a simulated line has done, by the line itself and not by what anybody received of it. */
export interface EquipmentTruth {
  /** Seconds per state, as the equipment's controller calls them. */
  readonly stateS: Readonly<Record<string, number>>;
  readonly kwh: number;
  readonly waterM3: number;
}

export interface TruthFollower {
  /** Lets one second of the plant's time pass, counts it, and gives the readings at its end, in order of the signals. */
  second(): readonly Reading[];
  /** The readings at the beginning. */
  readonly first: readonly Reading[];
  /** By equipment id. */
  truth(): Readonly<Record<string, EquipmentTruth>>;
}

/** Follows a line second by second and writes its ground truth; registers and states carry no noise. */
export function followTruth(plant: RunningPlant): TruthFollower {
  const counts = new Map<string, { stateS: Record<string, number>; kwh: number; waterM3: number }>();
  const first = plant.readings();
  let before = first;
  const of = (equipment: string) => {
    const known = counts.get(equipment) ?? { stateS: {}, kwh: 0, waterM3: 0 };
    counts.set(equipment, known);
    return known;
  };
  return {
    first,
    second: () => {
      plant.pass(1);
      const now = plant.readings();
      for (const [i, { equipment, id, meaning, unit, values }] of plant.signals.entries()) {
        const [was, is] = [before[i]?.value, now[i]?.value];
        const own = of(equipment);
        if (meaning === "state" && was !== null && was !== undefined) {
          // The state at the beginning of the second lasts through it: that is when its change is reported.
          const name = values ? (values[Number(was)] ?? String(was)) : String(was);
          own.stateS[name] = (own.stateS[name] ?? 0) + 1;
        }
        if (typeof was !== "number" || typeof is !== "number") continue;
        if (meaning === "energy" && unit === "kW.h") own.kwh += is - was;
        if (id === "water" && unit === "m3") own.waterM3 += is - was;
      }
      before = now;
      return now;
    },
    truth: () => Object.fromEntries(counts),
  };
}
