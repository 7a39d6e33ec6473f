import { type DurationMs, type EpochMs, instant } from "#shared/model/time.ts";
import type { RunningPlant } from "../../simulators/plants/plant.ts";
import type { Faces } from "../../simulators/serve.ts";
import type { Reading, Signal } from "../../simulators/signal.ts";

export interface FieldOptions {
  readonly plants: readonly RunningPlant[];
  readonly faces: Faces;
  readonly start: EpochMs;
  /** One second of the plants' own time passes in this. */
  readonly step: DurationMs;
  /** An unchanged value is told again after this, and on each whole hour. */
  readonly heartbeat: DurationMs;
  /** What an instrument shows of what is so; null where it is silent. */
  readonly shown?: (reading: Reading, signal: Signal, at: EpochMs) => Reading | null;
  /** What is so, whatever the instruments show. */
  readonly truth?: (readings: readonly Reading[], at: EpochMs) => void;
  /** What a subscriber to OPC UA is told, and what there is to read by Modbus. */
  readonly told?: (signal: Signal, at: EpochMs) => void;
}

/** The plants, step by step, and what their instruments show of them. */
export interface Field {
  /** Lets the plants run until `to`. OPC UA tells changes with their own time, Modbus what it is at the end. */
  runTo(to: EpochMs): void;
}

const hour = 3_600_000;

const isChange = ({ deadband }: Signal, last: Reading, now: Reading): boolean => {
  if (last.quality !== now.quality) return true;
  if (typeof last.value === "number" && typeof now.value === "number")
    return Math.abs(now.value - last.value) > deadband;
  return last.value !== now.value;
};

export function createField(options: FieldOptions): Field {
  const { plants, faces, start, step, heartbeat, shown = (reading) => reading, truth, told: tellsOf } = options;
  const signals = plants.flatMap((plant) => plant.signals);
  const told = new Map<Signal, { readonly reading: Reading; readonly at: number }>();
  let now: number = start;

  const look = (): readonly (Reading | null)[] => {
    const readings = plants.flatMap((plant) => plant.readings());
    truth?.(readings, instant(now));
    return readings.map((reading, i) => {
      const signal = signals[i];
      return signal ? shown(reading, signal, instant(now)) : null;
    });
  };
  const tell = (all: readonly (Reading | null)[]) => {
    const news = all.map((reading, i) => {
      const signal = signals[i];
      if (!signal || !reading) return undefined;
      const last = told.get(signal);
      const isDue = !last || now - last.at >= heartbeat || now % hour === 0;
      if (!isDue && !isChange(signal, last.reading, reading)) return undefined;
      told.set(signal, { reading, at: now });
      if (signal.access.face === "opcua") tellsOf?.(signal, instant(now));
      return reading;
    });
    faces.opcua.show(news, instant(now));
    return all;
  };
  const showModbus = (readings: readonly (Reading | null)[], at: EpochMs) => {
    const known = readings.map((reading) => reading ?? undefined);
    faces.modbus.show(known, at);
    for (const [i, signal] of signals.entries()) if (signal.access.face === "modbus" && known[i]) tellsOf?.(signal, at);
  };
  showModbus(tell(look()), start);
  return {
    runTo: (to) => {
      let newest: readonly (Reading | null)[] = [];
      while (now + step <= to) {
        now += step;
        for (const plant of plants) plant.pass(1);
        newest = tell(look());
      }
      showModbus(newest, to);
    },
  };
}
