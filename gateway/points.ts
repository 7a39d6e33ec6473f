import { millis } from "#shared/model/time.ts";
import type { Address, PlantTag } from "#shared/plant/plant.ts";
import type { Deadband, Point } from "./driver.ts";
import { ruleOf } from "./reportByException.ts";

/** What a driver is told of a tag. */
export function pointOf(tag: PlantTag): Point<Address> {
  const { address, config } = tag;
  const deadband = deadbandOf(config);
  return {
    address,
    tag,
    report: config.report,
    ...(config.periodMs === undefined ? {} : { period: millis(config.periodMs) }),
    ...(deadband ? { deadband } : {}),
  };
}

/** The tag's deadband as the device counts: before scaling. */
function deadbandOf(config: PlantTag["config"]): Deadband | undefined {
  const { deadband, report } = ruleOf(config);
  if (deadband === 0 || report === "every") return undefined;
  const raw = deadband / Math.abs(config.scale?.factor ?? 1);
  return config.deadbandPercent === undefined ? { raw } : { raw, percent: config.deadbandPercent };
}
