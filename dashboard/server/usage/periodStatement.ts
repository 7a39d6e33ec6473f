import { calendar } from "#shared/model/calendar.ts";
import type { UsageStatement } from "#shared/model/statement.ts";
import { instant } from "#shared/model/time.ts";
import type { Dependencies } from "../context.ts";
import { usageStatement } from "./statement.ts";

const dayMs = 86_400_000;

/** The usage statement of a local period by its name, of all tenants or of one. Throws `MALFORMED` where there is no such period. */
export function statements({
  plant,
  records,
  clock,
}: Pick<Dependencies, "plant" | "records" | "clock">): (period: string, tenant?: string) => UsageStatement {
  const { period: periodOf, periodAt } = calendar(plant.platform.timeZone);
  return (name, tenant) => {
    const period = periodOf(name);
    const now = clock.now();
    const first = periodAt("day", period.from).name;
    const last = periodAt("day", instant(period.to - 1)).name;
    const elapsedDays = Math.max(0, Math.ceil((Math.min(period.to, now) - period.from) / dayMs));
    const days = records.usageDays(first, last);
    return usageStatement(period, days, records.priceLists(), elapsedDays * plant.lines.length, now, tenant);
  };
}
