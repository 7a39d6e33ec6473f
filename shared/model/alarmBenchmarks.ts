import type { Standard } from "./standard.ts";
import benchmarks from "./standards/alarmBenchmarks.json" with { type: "json" };

/** Benchmarks and definitions of ISA-18.2 / EEMUA 191 that alarm figures are judged by. */
export interface AlarmBenchmark {
  /** Annunciations per operating position and day. */
  readonly acceptablePerDay: number;
  readonly manageablePerDay: number;
  /** Fewer days of data only indicate. */
  readonly indicativeBelowDays: number;
  readonly windowMinutes: number;
  /** A flood starts with a window above, and lasts while a window has at least `floodLastsFrom`. */
  readonly floodStartsAbove: number;
  readonly floodLastsFrom: number;
  readonly staleAfterHours: number;
  readonly chatterWindowS: number;
  readonly chatterActivations: number;
  readonly fleetingBelowS: number;
  readonly topTags: number;
  /** Share per priority; the shares add up to 1. */
  readonly priorityTarget: Readonly<Record<string, number>>;
  /** Per priority. */
  readonly acknowledgeWithinS: Readonly<Record<string, number>>;
  readonly shelvingMaxHours: number;
  readonly standingMean: number;
}

export const alarmBenchmarks: readonly Standard<AlarmBenchmark>[] = benchmarks;
