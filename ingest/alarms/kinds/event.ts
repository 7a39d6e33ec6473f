import type { AlarmPriority } from "#shared/model/alarm.ts";
import { parseDeviceEvent, priorityOfSeverity } from "#shared/model/deviceEvent.ts";
import { hours } from "#shared/model/time.ts";
import type { EventRule } from "#shared/plant/alarmRules/event.ts";
import type { MakeCondition } from "./kind.ts";
import { matchesWildcard } from "./wildcard.ts";

/** Active conditions at the server: severity by condition id. */
type Evidence = ReadonlyMap<string, number>;

/** More than a server of a pilot line has; the oldest goes first. */
const mostConditions = 2_000;

/** Follows the conditions of an OPC UA server by its events; earlier branches of a condition change nothing. */
export const event: MakeCondition<EventRule, Evidence> = ({ sources, priorityBySeverity }) => {
  const isMeant = (source: string, name: string): boolean =>
    sources.some((pattern) => matchesWildcard(pattern, source) || matchesWildcard(pattern, `${source}/${name}`));
  return {
    start: new Map(),
    reachMs: hours(24),
    use: (active, _at, { value }) => {
      const found = typeof value === "string" ? parseDeviceEvent(value) : undefined;
      if (!found) return active;
      if (found.kind === "standing") {
        const standing = found.conditions && new Set(found.conditions);
        return standing ? new Map([...active].filter(([id]) => standing.has(id))) : active;
      }
      const { conditionId, branchId, sourceName, name, severity, retain } = found;
      if (branchId !== null || !isMeant(sourceName ?? "", name ?? "")) return active;
      const next = new Map(active);
      next.delete(conditionId);
      if (found.active === true && retain && found.enabled !== false) next.set(conditionId, severity);
      for (const oldest of next.keys()) {
        if (next.size <= mostConditions) break;
        next.delete(oldest);
      }
      return next;
    },
    judge: (active) => active.size > 0,
    priority: (active): AlarmPriority | null =>
      priorityBySeverity && active.size > 0 ? priorityOfSeverity(Math.max(...active.values())) : null,
  };
};
