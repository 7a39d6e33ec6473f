import type { EquipmentState } from "#shared/model/equipment.ts";
import { stateOf } from "#shared/model/equipmentState.ts";
import type { LiveValue } from "#shared/model/live.ts";
import type { Sample, TagId } from "#shared/model/sample.ts";
import { type DurationMs, type EpochMs, instant } from "#shared/model/time.ts";
import type { Plant, PlantTag } from "#shared/plant/plant.ts";
import { plantTags } from "#shared/plant/select.ts";
import { isFromTheFuture } from "../future.ts";

/** An equipment's values and state as they stand. */
export interface EquipmentLive {
  readonly line: string;
  readonly equipment: string;
  readonly values: readonly LiveValue[];
  /** Null where the equipment has no state tag. */
  readonly state: { readonly state: EquipmentState; readonly since: EpochMs | null } | null;
}

interface TagLive {
  readonly tag: PlantTag;
  readonly equipment: EquipmentEntry;
  live: LiveValue;
  /** Wall time of arrival here of the newest sample. */
  receivedAt: EpochMs;
}

interface EquipmentEntry {
  readonly line: string;
  readonly equipment: string;
  readonly tags: TagLive[];
  stateTag: TagLive | undefined;
  state: EquipmentState;
  since: EpochMs | null;
  hasChanged: boolean;
  /** Monotonic time of the last `takeChanged` that had it. */
  takenAt: number;
}

/** Newest value per tag of the plant and state per equipment; says which equipment has changed. */
export class LiveValues {
  #tags = new Map<TagId, TagLive>();
  #equipment: readonly EquipmentEntry[];

  constructor(plant: Plant) {
    const byEquipment = Map.groupBy(plantTags(plant), ({ equipment }) => equipment);
    this.#equipment = plant.lines.flatMap((line) =>
      line.equipment.map((equipment): EquipmentEntry => {
        const entry: EquipmentEntry = {
          line: line.id,
          equipment: equipment.id,
          tags: [],
          stateTag: undefined,
          takenAt: Number.NEGATIVE_INFINITY,
          state: "UNK",
          since: null,
          hasChanged: true,
        };
        for (const tag of byEquipment.get(equipment) ?? []) {
          const live: LiveValue = { tag: tag.id, value: null, quality: "bad", reason: "NOT_CONNECTED", at: null };
          const own: TagLive = { tag, equipment: entry, live, receivedAt: instant(0) };
          entry.tags.push(own);
          if (tag.config.id === equipment.state?.tag) entry.stateTag = own;
          this.#tags.set(tag.id, own);
        }
        return entry;
      }),
    );
  }

  newestAt(tag: TagId): EpochMs | null {
    return this.#tags.get(tag)?.live.at ?? null;
  }

  /** Wall time of arrival of the tag's newest sample; 0 where there is none. */
  heardAt(tag: TagId): EpochMs {
    return this.#tags.get(tag)?.receivedAt ?? instant(0);
  }

  isGood(tag: TagId): boolean {
    return this.#tags.get(tag)?.live.quality !== "bad";
  }

  /**
   * Takes a sample if it is newer than what is known (whether it is marked historical or not); a birth also confirms
   * a value of the same time. `receivedAt` is when it came, for staleness. False where the plant has no such tag.
   */
  use(sample: Sample, receivedAt: EpochMs, isBirth = false): boolean {
    const entry = this.#tags.get(sample.tag);
    if (!entry) return false;
    const { live } = entry;
    const isNewer = live.at === null || sample.at > live.at || (isBirth && sample.at === live.at);
    const isUnstuck =
      live.at !== null && isFromTheFuture(live.at, receivedAt) && !isFromTheFuture(sample.at, receivedAt);
    if (!isNewer && !isUnstuck) return true;
    entry.receivedAt = receivedAt;
    entry.live = {
      tag: sample.tag,
      value: sample.quality === "bad" ? live.value : sample.value,
      quality: sample.quality,
      reason: sample.quality === "good" ? null : (sample.reason ?? null),
      at: sample.at,
    };
    entry.equipment.hasChanged = true;
    this.#updateState(entry, sample.at, sample.value);
    return true;
  }

  /** The values' source is lost. */
  lose(tags: readonly TagId[], at: EpochMs): void {
    for (const tag of tags) {
      const entry = this.#tags.get(tag);
      if (entry) this.#makeStale(entry, at);
    }
  }

  /** Values that have grown older than their tag allows become stale. */
  age(now: EpochMs): void {
    for (const entry of this.#tags.values()) {
      if (entry.live.quality === "bad" || now - entry.receivedAt <= entry.tag.info.staleAfterMs) continue;
      this.#makeStale(entry, instant(entry.receivedAt + entry.tag.info.staleAfterMs));
    }
  }

  #makeStale(entry: TagLive, at: EpochMs): void {
    if (entry.live.at === null || entry.live.reason === "STALE") return;
    entry.live = { ...entry.live, quality: "bad", reason: "STALE" };
    entry.equipment.hasChanged = true;
    this.#updateState(entry, at, null);
  }

  #updateState(entry: TagLive, at: EpochMs, value: Sample["value"]): void {
    const { equipment } = entry;
    if (equipment.stateTag !== entry) return;
    const quality = value === null ? "bad" : entry.live.quality;
    const state = stateOf(entry.tag.equipment.state?.map ?? {}, { quality, value });
    if (equipment.state === state) return;
    equipment.state = state;
    equipment.since = at;
  }

  /** Everything counts as changed: a new session must be told all. */
  markAll(): void {
    for (const equipment of this.#equipment) equipment.hasChanged = true;
  }

  /**
   * The equipment that changed and was not taken within `rest` before `now` (monotonic): a lone change is taken at
   * once, many are taken together.
   */
  takeChanged(now: DurationMs, rest: DurationMs): readonly EquipmentLive[] {
    return this.#equipment.flatMap((entry) => {
      if (!entry.hasChanged || now - entry.takenAt < rest) return [];
      entry.hasChanged = false;
      entry.takenAt = now;
      const { line, equipment, state, since } = entry;
      const values = entry.tags.map(({ live }) => live);
      return [{ line, equipment, values, state: entry.stateTag ? { state, since } : null }];
    });
  }

  /** Source time of the newest sample per line. */
  newestPerLine(): ReadonlyMap<string, EpochMs | null> {
    const newest = new Map<string, EpochMs | null>();
    for (const { tag, live } of this.#tags.values()) {
      const known = newest.get(tag.line.id) ?? null;
      newest.set(tag.line.id, live.at !== null && (known === null || live.at > known) ? live.at : known);
    }
    return newest;
  }
}
