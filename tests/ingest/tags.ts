import type { TagInfo } from "../../shared/model/tag.ts";
import type { Plant } from "../../shared/plant/plant.ts";
import { tagsOfDevice } from "../../shared/plant/select.ts";

/** What a birth says of the tags of a device. */
export const tagsOf = (plant: Plant, device: string): readonly TagInfo[] =>
  tagsOfDevice(plant, device).map(({ info }) => info);
