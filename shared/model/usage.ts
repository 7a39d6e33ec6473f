/** What one key used of one equipment on one local day. Additive over days and equipment (D9). */
export interface UsagePart {
  /** Null for what nothing attributes. */
  readonly tenant: string | null;
  readonly project: string | null;
  readonly run: string | null;
  /** Hours of productive use (PRD, and ENG within a run). */
  readonly usedH: number;
  /** Hours for which a run held the equipment, used or not. */
  readonly heldH: number;
  /** kWh by band of the plant's tariff; `all` without one. */
  readonly energyKwh: Readonly<Record<string, number>>;
  readonly waterM3: number;
  /** Alarms raised; one at an instant that several share is divided. */
  readonly alarms: number;
}

export interface EquipmentUsage {
  readonly equipment: string;
  /** Used hours of the day from the states alone; the parts add up to them. */
  readonly usedH: number;
  /** Hours whose state is known, of the hours so far; the whole day where use is what runs say. */
  readonly knownH: number;
  readonly elapsedH: number;
  /** The register's energy of the day; the parts add up to it. Null where there is no meter. */
  readonly energyKwh: number | null;
  /** Part of it that rests on a long interval or a reset. */
  readonly estimatedKwh: number;
  readonly waterM3: number | null;
  /** `states`: from the equipment's states. `runs`: it reports none, so its runs are its use. `shared`: a utility. */
  readonly basis: "states" | "runs" | "shared";
  readonly parts: readonly UsagePart[];
}

/** Use of the equipment of one line on one local day. */
export interface UsageDay {
  /** `YYYY-MM-DD` */
  readonly day: string;
  readonly line: string;
  readonly equipment: readonly EquipmentUsage[];
}
