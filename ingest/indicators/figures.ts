import type { AlarmTransition } from "#shared/model/alarm.ts";
import type { Period } from "#shared/model/calendar.ts";
import type { IndicatorId } from "#shared/model/catalogue/catalogue.ts";
import type { EquipmentState } from "#shared/model/equipment.ts";
import type { IndicatorResult } from "#shared/model/indicator.ts";
import type { Interval } from "#shared/model/interval.ts";
import type { Sample, TagId } from "#shared/model/sample.ts";
import type { EpochMs } from "#shared/model/time.ts";

/** Why an equipment is held to be in a state. */
export type StateOrigin = "corrected" | "reported" | "power" | "calendar" | "none";

/** A stretch of an equipment's state timeline. */
export interface StateStretch extends Interval {
  /** `<platform>/<line>/<equipment>` */
  readonly equipment: string;
  readonly state: EquipmentState;
  readonly origin: StateOrigin;
}

/** A transition of an alarm that a figure counts. */
export interface AlarmFact {
  readonly seq: number;
  readonly alarm: string;
  readonly line: string;
  readonly transition: AlarmTransition;
  readonly at: EpochMs;
}

/** What a figure rests on, for who wants to see it; each list ascends in time, and is empty where the figure uses none. */
export interface FigureInputs {
  readonly states: readonly StateStretch[];
  /** Tags whose readings it is made of, registers and signals. */
  readonly tags: readonly TagId[];
  readonly alarms: readonly AlarmFact[];
  /** Ids of the runs and of the bookings. */
  readonly runs: readonly string[];
  readonly bookings: readonly string[];
}

/** Raw samples in ascending time. */
export interface ReadingPage {
  readonly samples: readonly Sample[];
  /** Where the next page goes on; null at the end. */
  readonly after: EpochMs | null;
}

/** Every figure of the plant, of any period. */
export interface Figures {
  /**
   * Every indicator of the catalogue at the scopes asked for: the platform, each line, each equipment where none is named.
   * A period that runs is given up to now. What cannot be given has a null value and its reason. The same stored data
   * gives the same results, byte for byte. Rejects as the store does; a later call tries again. With `indicators` these
   * alone, and nothing is read that they do not rest on.
   */
  of(
    period: Period,
    scopes?: readonly string[],
    indicators?: readonly IndicatorId[],
  ): Promise<readonly IndicatorResult[]>;
  /** Timeline of an equipment `<platform>/<line>/<equipment>` over a period, up to now. */
  states(equipment: string, period: Period): Promise<readonly StateStretch[]>;
  /** What one of these figures rests on. */
  inputs(indicator: IndicatorId, scope: string, period: Period): Promise<FigureInputs>;
  /** A page of the readings of a tag in a period, the first with the newest one before it; `after` is null to begin. */
  readings(tag: TagId, period: Interval, after: EpochMs | null): Promise<ReadingPage>;
}
