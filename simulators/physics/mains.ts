import { clamp } from "./dynamics.ts";
import { gaussian, type Random } from "./random.ts";

export const nominalMainsV = 400;

/** Line-to-line voltage: wanders about 400 V within the ±10 % of IEC 60038, without jumps. */
export function stepMains(volts: number, dtS: number, random: Random): number {
  const back = ((nominalMainsV - volts) * dtS) / 120;
  return clamp(volts + back + 0.4 * Math.sqrt(dtS) * gaussian(random), 380, 420);
}
