import type { Conformer } from "../conform.ts";
import { checkFigures } from "../figures/check.ts";
import type { Plant } from "../plant.ts";
import type { Report } from "../problem.ts";
import { checkAddresses } from "./addresses.ts";
import { checkAlarms } from "./alarms.ts";
import { checkEquipment } from "./equipment.ts";
import { checkIds } from "./ids.ts";
import { checkLines } from "./lines.ts";
import { checkNotification } from "./notification.ts";
import { checkPlatform } from "./platform.ts";
import { checkRetention } from "./retention.ts";
import { checkRuns } from "./runs.ts";
import { checkTags } from "./tags.ts";

/**
 * Everything that one key alone cannot tell: references, units, addresses, limits. Gives the plant back with each
 * tag's address as its device's protocol defines it.
 */
export function checkPlant(plant: Plant, conformer: Conformer, report: Report): Plant {
  checkPlatform(plant, report);
  checkRetention(plant, report);
  checkIds(plant, report);
  checkLines(plant, report);
  checkEquipment(plant, report);
  checkTags(plant, report);
  checkFigures(plant, report);
  checkAlarms(plant, report);
  checkNotification(plant, report);
  checkRuns(plant, report);
  return checkAddresses(plant, conformer, report);
}
