import type { EquipmentState } from "./equipment.ts";
import type { Sample } from "./sample.ts";

/** From a tag's value, as text, to the state that it reports. */
export type StateMap = Readonly<Record<string, EquipmentState>>;

/** The state that a sample of a state tag reports; UNK where it is bad or not in the map (D11). */
export function stateOf(map: StateMap, { quality, value }: Pick<Sample, "quality" | "value">): EquipmentState {
  if (quality === "bad") return "UNK";
  const key = String(value);
  return Object.hasOwn(map, key) ? (map[key] ?? "UNK") : "UNK";
}
