import type { EquipmentStatus, LiveFrame, LiveValue, PlantView } from "#shared/model/live.ts";
import type { Quality, TagId } from "#shared/model/sample.ts";
import type { EpochMs } from "#shared/model/time.ts";
import type { View } from "./views.ts";

/** The newest value of every tag and state of every equipment of the plant. */
export interface Latest {
  /** Takes what came of one equipment. Returns how many values belong to no tag of the plant (they are dropped). */
  apply(line: string, values: readonly LiveValue[], status: EquipmentStatus | null): number;
  /** Grows whenever something of the view changes. */
  revision(view: View): number;
  /** The whole view as it stands. */
  frame(view: View, seq: number, serverTime: EpochMs): LiveFrame;
}

const qualityNumbers = { good: 0, uncertain: 1, bad: 2 } as const satisfies Record<Quality, number>;

/** Quality as frames and history answers carry it: 0 good, 1 uncertain, 2 bad. */
export const qualityNumber = (quality: Quality): number => qualityNumbers[quality];

const never = (tag: TagId): LiveValue => ({ tag, value: null, quality: "bad", reason: "NOT_CONNECTED", at: null });
const unknown = (equipment: string): EquipmentStatus => ({ equipment, state: "UNK", since: null });

export function createLatest(plant: PlantView): Latest {
  const equipment = plant.lines.flatMap((line) => line.equipment.map((one) => ({ line: line.id, ...one })));
  const values = new Map(equipment.flatMap(({ tags }) => tags.map(({ tag }) => [tag, never(tag)])));
  const states = new Map(
    equipment.map(({ line, id }) => `${plant.platform.id}/${line}/${id}`).map((name) => [name, unknown(name)]),
  );
  const revisions = new Map<string, number>();

  return {
    apply: (line, received, status) => {
      const known = received.filter(({ tag }) => values.has(tag));
      for (const value of known) values.set(value.tag, value);
      if (status && states.has(status.equipment)) states.set(status.equipment, status);
      revisions.set(line, (revisions.get(line) ?? 0) + 1);
      return received.length - known.length;
    },
    revision: (view) => view.lines.reduce((sum, line) => sum + (revisions.get(line) ?? 0), 0),
    frame: (view, seq, serverTime) => {
      const columns = view.tags.map((tag) => values.get(tag) ?? never(tag));
      return {
        seq,
        serverTime,
        i: columns.map((_, index) => index),
        v: columns.map(({ value }) => value),
        q: columns.map(({ quality }) => qualityNumber(quality)),
        r: columns.map(({ reason }) => reason),
        t: columns.map(({ at }) => at),
        states: view.equipment.map((name) => states.get(name) ?? unknown(name)),
      };
    },
  };
}
