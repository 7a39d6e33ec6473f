import type { HiddenState } from "#shared/model/alarm.ts";
import { alarmBenchmarks } from "#shared/model/alarmBenchmarks.ts";
import { type EpochMs, instant } from "#shared/model/time.ts";
import { limitCondition } from "../../../ingest/alarms/kinds/limits.ts";
import type { AlarmRule } from "../../../ingest/alarms/rule.ts";
import { type CommandInput, runAlarm } from "../../../ingest/alarms/run.ts";
import type { AlarmChange, SampleInput } from "../../../ingest/alarms/step.ts";
import { timeToAcknowledge } from "../../../ingest/indicators/safety/acknowledgement.ts";
import { staleAlarms, standingAlarms } from "../../../ingest/indicators/safety/activeTime.ts";
import {
  alarmRate,
  chatteringTags,
  priorityDistribution,
  topContribution,
} from "../../../ingest/indicators/safety/alarmRates.ts";
import { safetySignalAvailability } from "../../../ingest/indicators/safety/availability.ts";
import { excursionsAbove } from "../../../ingest/indicators/safety/excursions.ts";
import { floodFigures, floodsInPeriods } from "../../../ingest/indicators/safety/floods.ts";
import { gasCompliance, gasEvents, gasSetpoints } from "../../../ingest/indicators/safety/gasDetectors.ts";
import { shelvingAudit } from "../../../ingest/indicators/safety/shelving.ts";
import type { Field } from "../field.ts";
import type { Operation } from "../operations.ts";
import { byName, newest, periods, span, zone } from "./shapes.ts";

const benchmark = newest(alarmBenchmarks);

const rateOf = (inputs: Field) =>
  alarmRate(inputs.at("annunciated").number(), inputs.at("position_hours").number(), benchmark);

const floodRules = (inputs: Field) => ({ ...benchmark, windowMinutes: inputs.at("bucket_minutes").number() });

const floodsOf = (inputs: Field) => floodFigures(inputs.at("counts").numbersOrNull(), floodRules(inputs));

const numbersByName = (object: Field): Record<string, number> =>
  Object.fromEntries(object.members().map(([name, value]) => [name, value.number()]));

const ruleOf = (alarm: Field): AlarmRule => ({
  condition: limitCondition({
    kind: alarm.at("type").text() === "LO" ? "low" : "high",
    limit: alarm.at("sp").number(),
    deadband: alarm.maybe("deadband")?.number() ?? 0,
  }),
  onDelayMs: (alarm.maybe("on_delay_s")?.number() ?? 0) * 1_000,
  offDelayMs: (alarm.maybe("off_delay_s")?.number() ?? 0) * 1_000,
  latching: alarm.maybe("latching")?.flag() ?? false,
});

/** `q` is absent where the sample is good. */
function sampleOf(sample: Field): SampleInput {
  const isBad = /^bad$/i.test(sample.maybe("q")?.text() ?? "good");
  const value = isBad ? null : sample.at("v").number();
  return {
    kind: "sample",
    at: sample.at("t").instant(),
    readings: [{ input: 0, quality: isBad ? "bad" : "good", value }],
  };
}

/** Commands by the names of the catalogue's table; what hides an alarm is ended by the opposite, or by RELEASE. */
function commandsOf(inputs: Field): readonly CommandInput[] {
  const commands = (inputs.maybe("commands")?.list() ?? []).map((command): CommandInput => {
    const at = command.at("t").instant();
    const name = command.at("cmd").text();
    switch (name) {
      case "ACK":
        return { kind: "acknowledge", at };
      case "RESET":
        return { kind: "reset", at };
      case "SHELVE":
        return { kind: "shelve", at, until: instant(at + command.at("duration_s").number() * 1_000) };
      case "SUPPRESS":
        return { kind: "suppress", at };
      case "OOS_ENTER":
        return { kind: "removeFromService", at };
      default:
        return { kind: "reveal", from: revealed(name), at };
    }
  });
  return commands.toSorted((a, b) => a.at - b.at);
}

function revealed(name: string): HiddenState {
  const states: Readonly<Record<string, HiddenState>> = {
    UNSHELVE: "SHLVD",
    UNSUPPRESS: "DSUPR",
    OOS_EXIT: "OOSRV",
    OOS_LEAVE: "OOSRV",
  };
  const state = states[name];
  if (!state) throw new Error(`there is no command \`${name}\``);
  return state;
}

/** The vectors' clock is the catalogue's zone. */
const wallTime = (at: EpochMs): string =>
  new Intl.DateTimeFormat("en-GB", { timeZone: "Asia/Shanghai", timeStyle: "medium" }).format(at);

export const safetyOperations: Readonly<Record<string, Operation>> = {
  alarm_run: (inputs) => {
    const from = inputs.at("samples").list().map(sampleOf);
    const { changes, memory } = runAlarm(
      ruleOf(inputs.at("alarm")),
      from,
      commandsOf(inputs),
      inputs.at("end").instant(),
    );
    const count = (annunciation: AlarmChange["annunciation"]) =>
      changes.filter((change) => change.annunciation === annunciation).length;
    const moves = changes.filter((change, i) => change.memory.state !== (changes[i - 1]?.memory.state ?? "NORM"));
    return {
      transitions: moves.map(({ at, memory: { state } }) => [wallTime(at), state]),
      annunciated: count("annunciated"),
      suppressed_activations: count("suppressed"),
      final_state: memory.state,
    };
  },
  alarm_rate: (inputs) => {
    const rate = rateOf(inputs);
    return { per_hour: rate.perHour, per_10min: rate.per10Min, per_day: rate.perDay, rating: rate.rating };
  },
  alarm_summary: (inputs) => {
    const counts = inputs
      .at("counts")
      .list()
      .map((item) => ({
        priority: typeof item.raw === "number" ? undefined : item.maybe("priority")?.text(),
        count: typeof item.raw === "number" ? item.number() : item.at("count").number(),
      }));
    const byPriority: Record<string, number> = {};
    for (const { priority, count } of counts)
      if (priority !== undefined) byPriority[priority] = (byPriority[priority] ?? 0) + count;
    return {
      per_hour: rateOf(inputs).perHour,
      top10: topContribution(
        counts.map(({ count }) => count),
        benchmark,
      ).value,
      priority_share: priorityDistribution(byPriority, benchmark.priorityTarget).share,
    };
  },
  flood: (inputs) => {
    const figures = floodsOf(inputs);
    return {
      floods: figures.floods,
      flood_minutes: figures.floodMinutes,
      flood_share: figures.floodShare,
      alarms_in_flood: figures.alarmsInFlood,
      windows_over_10: figures.windowsAbove,
      windows_over_10_share: figures.windowsAboveShare,
      max_10min: figures.peak,
    };
  },
  flood_with_gaps: (inputs) => {
    const figures = floodsOf(inputs);
    return {
      observed_windows: figures.monitoredWindows,
      windows_over_10_share: figures.windowsAboveShare,
      floods: figures.floods,
      flood_share: figures.floodShare,
      coverage: figures.coverage,
    };
  },
  flood_by_period: (inputs) => {
    const named = periods(zone(inputs), inputs.at("periods"));
    const counts = inputs.at("counts").numbersOrNull();
    const figures = floodsInPeriods(counts, inputs.at("start").instant(), named, floodRules(inputs));
    return byName(
      named,
      figures.map(({ floods, floodMinutes }) => ({ floods, flood_minutes: floodMinutes })),
    );
  },
  stale: (inputs) => {
    const days = periods(zone(inputs), inputs.at("days"));
    const alarms = inputs
      .at("alarms")
      .list()
      .map((alarm) => ({
        from: alarm.at("active_from").instant(),
        to: alarm.maybe("active_to")?.instant() ?? null,
      }));
    const figures = staleAlarms(alarms, days, inputs.at("as_of").instant(), benchmark);
    return {
      per_day: byName(days, figures.perDay),
      max_per_day: figures.maxPerDay,
      stale_alarms: figures.staleAlarms,
    };
  },
  chattering: (inputs) => {
    const activations = Object.fromEntries(
      inputs
        .at("activations_s")
        .members()
        .map(([tag, at]) => [tag, at.numbers()]),
    );
    return {
      chattering: chatteringTags(activations, inputs.at("window_s").number(), inputs.at("min_activations").number()),
    };
  },
  top10: (inputs) => {
    const { total, top, value } = topContribution(inputs.at("counts").numbers(), benchmark);
    return { total, top10: top, value };
  },
  priority: (inputs) => priorityDistribution(numbersByName(inputs.at("counts")), numbersByName(inputs.at("target"))),
  time_to_ack: (inputs) => {
    const figures = timeToAcknowledge(
      inputs.at("acknowledged_s").numbers(),
      inputs.at("unacknowledged_elapsed_s").numbers(),
      inputs.at("target_s").number(),
    );
    return {
      p50_s: figures.p50S,
      p90_s: figures.p90S,
      eligible: figures.eligible,
      pending: figures.pending,
      within_target: figures.withinTarget,
    };
  },
  standing: (inputs) =>
    standingAlarms(
      inputs
        .at("alarms")
        .list()
        .map((alarm) => ({ from: alarm.at("from").instant(), to: alarm.maybe("to")?.instant() ?? null })),
      span(inputs),
    ),
  shelving_audit: (inputs) => {
    const shelvings = inputs
      .at("shelvings")
      .list()
      .map((item) => ({
        hours: item.at("h").number(),
        approver: item.maybe("approver")?.text() ?? null,
      }));
    const audit = shelvingAudit(shelvings, inputs.at("max_h").number());
    return { count: audit.count, total_h: audit.totalH, over_limit: audit.overLimit, unauthorised: audit.unauthorised };
  },
  gas_setpoints: (inputs) => {
    const detectors = inputs
      .at("detectors")
      .list()
      .map((item) => ({
        id: item.at("id").text(),
        kind: item.at("kind").text(),
        level1: item.maybe("l1")?.number() ?? null,
        level2: item.maybe("l2")?.number() ?? null,
      }));
    const { numerator, denominator, value, nonCompliant } = gasCompliance(detectors, newest(gasSetpoints));
    return { compliant: numerator, total: denominator, value, non_compliant: nonCompliant };
  },
  gas_events: (inputs) => {
    const { level1, level2, peak } = gasEvents(
      inputs.at("lel_percent").numbersOrNull(),
      inputs.at("interval_s").number(),
      {
        level1: inputs.at("l1").number(),
        level2: inputs.at("l2").number(),
        deadband: inputs.at("deadband").number(),
      },
    );
    return { levels: { l1: level1, l2: level2 }, peak };
  },
  signal_availability: (inputs) => ({
    value: safetySignalAvailability(
      inputs
        .at("items")
        .list()
        .map((item) => ({
          validH: item.at("valid_h").number(),
          expectedH: item.at("expected_h").number(),
        })),
    ).value,
  }),
  excursion: (inputs) => {
    const samples = inputs
      .at("samples")
      .list()
      .map((sample) => ({
        minute: sample.at("min").number(),
        value: sample.maybe("v")?.number() ?? null,
      }));
    const figures = excursionsAbove(samples, inputs.at("limit").number(), inputs.at("end_min").number());
    return {
      excursions: figures.excursions,
      minutes: figures.minutes,
      area: figures.area,
      max_excess: figures.maxExcess,
    };
  },
};
