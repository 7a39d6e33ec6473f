// The line of the month with known truth: fewer tags than the demo's, each for a reason, and the keys that figures ask for.
import { parsePlant } from "#shared/plant/load.ts";
import type { Plant } from "#shared/plant/plant.ts";
import { demoPlantFile } from "../../simulators/plantFile/demo.ts";
import { atPace } from "../../simulators/plants/pace.ts";
import type { RunningPlant } from "../../simulators/plants/plant.ts";
import { startPlants } from "../../simulators/plants/registry.ts";
import type { Signal } from "../../simulators/signal.ts";
import { plantSpeed } from "./monthPlant.ts";

/** A second of the line's own time lasts a minute: everything happens on whole minutes. */
export const stepMs = 60_000;
/** Every value is told again after this, and on each whole hour. */
export const heartbeatMs = 600_000;
/** What is silent for longer is unknown. */
export const holdMs = 900_000;
/** Modbus is read once an hour. */
export const hourlyHoldMs = 9_000_000;

export const machines = ["seed", "fermenter", "feed", "steam", "air", "chiller", "harvest"] as const;
export type MachineId = (typeof machines)[number];
/** Its meter speaks Modbus: it runs all the time, so an hour of it is of one state. */
export const hourly = { equipment: "air", tag: "energy" } as const;
/** Utilities, whose runs are those of the others. */
export const inRuns: readonly string[] = ["seed", "fermenter", "feed", "harvest"];

const others: readonly string[] = [
  "fermenter/phase",
  "fermenter/run",
  "fermenter/oxygen",
  "steam/pressure",
  "steam/water",
  "room/carbonDioxide",
  "room/oxygen",
];
const isWanted = ({ equipment, id }: Signal): boolean =>
  others.includes(`${equipment}/${id}`) ||
  (machines.some((machine) => machine === equipment) && (id === "state" || id === "energy"));
const isModbus = ({ equipment, id }: Signal): boolean =>
  (equipment === hourly.equipment && id === hourly.tag) || (equipment === "room" && id === "oxygen");

/** The fermentation line with those signals, all others left out. */
export function trueLine(seed: number): RunningPlant {
  const [whole] = startPlants(["fermentation"], seed);
  if (!whole) throw new Error("no line");
  const line = atPace(whole, plantSpeed);
  const kept = line.signals.flatMap((signal, i) => (isWanted(signal) ? [{ signal, i }] : []));
  const signals = kept.map(
    ({ signal }): Signal => ({ ...signal, deadband: 0, access: isModbus(signal) ? signal.access : { face: "opcua" } }),
  );
  const used = new Set(signals.flatMap(({ access }) => (access.face === "modbus" ? [access.instrument] : [])));
  return {
    ...line,
    signals,
    facts: {
      ...line.facts,
      rules: [],
      equipment: line.facts.equipment.filter(({ id }) => id !== "offgas"),
      flows: {},
      instruments: line.facts.instruments.filter(({ id }) => used.has(id)),
    },
    readings: () => {
      const all = line.readings();
      return kept.flatMap(({ i }) => all[i] ?? []);
    },
  };
}

export interface Replacement {
  readonly equipment: MachineId;
  readonly at: number;
  readonly final: number;
  readonly initial: number;
}

/** Planned time: 08:00 to 20:00 on working days, the first of May a holiday. */
export const shift = { from: 8, to: 20, holidays: ["2026-05-01"] } as const;
export const baseline = { id: "b-2025", interceptKwh: 500, slopeKwh: 120 } as const;
/** Above this the carbon dioxide of the room is an excursion. */
export const limitPpm = 1_200;

/** plant.yaml of the line as ingest and gateway have it, a meter's replacement recorded in it. */
export function truePlant(
  line: RunningPlant,
  env: Record<string, string>,
  { equipment, at, ...replaced }: Replacement,
): Plant {
  const { plant, problems } = parsePlant(demoPlantFile([line]), "plant.yaml", env);
  if (!plant) throw new Error(JSON.stringify(problems));
  const replacements = [{ at: new Date(at).toISOString(), ...replaced }];
  const meterOf = (tag: string, hasReplacement: boolean) => ({
    tag,
    carrier: "electricity" as const,
    flow: "import" as const,
    measures: "equipment" as const,
    purchased: true,
    multiplier: 1,
    replacements: hasReplacement ? replacements : [],
  });
  return {
    ...plant,
    calendar: {
      shifts: [{ from: "08:00", to: "20:00", weekdays: [1, 2, 3, 4, 5] }],
      holidays: [...shift.holidays],
      workdays: [],
    },
    baselines: [
      {
        ...baseline,
        source: "made up",
        validFrom: "2026-01-01",
        line: "fermentation",
        driver: "batches",
      },
    ],
    lines: plant.lines.map((own) => ({
      ...own,
      equipment: own.equipment.map(({ energyMeter, ...one }) => ({
        ...one,
        ...(energyMeter === undefined
          ? {}
          : { meters: [...(one.meters ?? []), meterOf(energyMeter, one.id === equipment)] }),
        ...(one.id === "room" ? { operatingLimits: [{ tag: "carbonDioxide", above: limitPpm }] } : {}),
        tags: one.tags.map((tag) => {
          const isHourly = line.signals.some(
            (signal) => signal.equipment === one.id && signal.id === tag.id && signal.access.face === "modbus",
          );
          return { ...tag, gapAfterMs: isHourly ? hourlyHoldMs : holdMs };
        }),
      })),
    })),
  };
}
