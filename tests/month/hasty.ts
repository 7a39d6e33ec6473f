import { Subscription } from "node-opcua";
import type { AlarmRuleConfig } from "#shared/plant/alarmRules/registry.ts";
import type { Plant } from "#shared/plant/plant.ts";

/** Real milliseconds between two polls and two publishes: how fast a step of the test is read. */
const pollMs = 100;
const publishMs = 20;

/** The stack publishes no faster than every 50 ms unless told otherwise; the test waits for each publish. */
export function publishHastily(): void {
  Subscription.minimumPublishingInterval = publishMs;
}

/** Silence and unchanging values are alarms beyond this only: the test tells everything every few minutes. */
const patienceMs = 7_200_000;

const patient = (rule: AlarmRuleConfig): AlarmRuleConfig => {
  if (rule.kind === "stale") return { ...rule, afterMs: Math.max(rule.afterMs, patienceMs) };
  if (rule.kind === "flatLine") return { ...rule, forMs: Math.max(rule.forMs, patienceMs) };
  return rule;
};

/**
 * The plant with its devices read as fast as they answer. Their clocks are not doubted: a server says the machine's time,
 * and the wall of the test is elsewhere. What the field tells is passed on each time: it tells by exception itself.
 */
export function hasty(plant: Plant): Plant {
  return {
    ...plant,
    devices: plant.devices.map((device) =>
      device.protocol === "opcua"
        ? {
            ...device,
            connection: { ...device.connection, clockToleranceMs: Number.MAX_SAFE_INTEGER },
            polling: { ...device.polling, publishMs, samplingMs: 0, backfill: false },
          }
        : { ...device, polling: { ...device.polling, periodMs: pollMs } },
    ),
    lines: plant.lines.map((line) => ({
      ...line,
      alarms: line.alarms.map(patient),
      equipment: line.equipment.map((equipment) => ({
        ...equipment,
        tags: equipment.tags.map((tag) => ({ ...tag, report: "every" as const })),
      })),
    })),
  };
}
