import type { EpochMs } from "./time.ts";

/** What a run is for. Work on the equipment itself (commissioning, training) is ENG, the rest PRD (catalogue A.0). */
export const runKinds = [
  "development",
  "scaleUp",
  "validation",
  "sampleProduction",
  "commissioning",
  "training",
  "other",
] as const;
export type RunKind = (typeof runKinds)[number];

/** How a run stands (ISA-88 batch). A voided one was recorded by mistake: it stays in the history and counts nowhere. */
export const runStates = ["running", "completed", "aborted", "voided"] as const;
export type RunState = (typeof runStates)[number];

/** What recorded it. */
export const runSources = ["tag", "person", "import"] as const;
export type RunSource = (typeof runSources)[number];

/** Quantities of product; null where nobody gave them. */
export interface RunQuantities {
  /** UCUM */
  readonly unit: string;
  readonly planned: number | null;
  readonly produced: number | null;
  readonly good: number | null;
}

/** One pilot trial: an ISA-88 batch with project and tenant. */
export interface Run {
  readonly line: string;
  /** Ids of the equipment of `line` that it holds, from its start to its end. */
  readonly equipment: readonly string[];
  /** Id of a project; it says the tenant where `tenant` is null. */
  readonly project: string | null;
  readonly tenant: string | null;
  readonly kind: RunKind;
  /** Batch number, as the control system or a person gives it. */
  readonly batch: string | null;
  /** Master recipe (ISA-88) by name and version. */
  readonly recipe: string | null;
  /** Lot of the samples that it makes. */
  readonly lot: string | null;
  readonly quantities: RunQuantities | null;
  /** Planned run time per unit of product, in s (PRI of ISO 22400); null for a one-off trial. */
  readonly plannedSecondsPerUnit: number | null;
  readonly from: EpochMs;
  /** Null while it runs. */
  readonly to: EpochMs | null;
  readonly state: RunState;
  /** Why it was aborted. */
  readonly reason: string | null;
  readonly source: RunSource;
  /** `<line>/<rule>` of plant.yaml by which a tag started it. */
  readonly rule: string | null;
  readonly note: string | null;
}
