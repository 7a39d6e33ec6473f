import { type EquipmentState, equipmentStates, isEquipmentState } from "#shared/model/equipment.ts";
import { ratioOfSums } from "#shared/model/ratio.ts";
import {
  averageEffectiveHours,
  effectiveHours,
  quotaInService,
  quotaUse,
  usedHours,
} from "../../../ingest/indicators/equipment/effectiveHours.ts";
import { iso22400, oeeOfUnits, oeeOnTotalTime, type WorkUnit } from "../../../ingest/indicators/equipment/iso22400.ts";
import { powerStates } from "../../../ingest/indicators/equipment/powerStates.ts";
import {
  type PeriodReliability,
  reliabilityInPeriod,
  reliabilityOfRepairs,
} from "../../../ingest/indicators/equipment/reliability.ts";
import {
  channelUtilisation,
  operationalUtilisation,
  semiE10,
  valueWeightedUtilisation,
} from "../../../ingest/indicators/equipment/semiE10.ts";
import { stateDurations } from "../../../ingest/indicators/equipment/stateDurations.ts";
import { noStateTime, type StateTime } from "../../../ingest/indicators/equipment/stateTime.ts";
import { coveredRatio } from "../../../ingest/indicators/quality/coverage.ts";
import type { Field } from "../field.ts";
import type { Operation } from "../operations.ts";
import { byName, span, spans, zone } from "./shapes.ts";

function stateOf(name: string, path: string): EquipmentState {
  if (!isEquipmentState(name))
    throw new Error(`${path}: \`${name}\` is no state; one of ${Object.keys(equipmentStates).join(", ")}`);
  return name;
}

/** A state that is not named had no time. */
function stateHours(hours: Field): StateTime {
  const given = hours.members().map(([name, value]) => [stateOf(name, "hours"), value.number()] as const);
  return { ...noStateTime, ...Object.fromEntries(given) };
}

const workUnit = (unit: Field): WorkUnit => ({
  apt: unit.at("APT").number(),
  aust: unit.at("AUST").number(),
  adet: unit.at("ADET").number(),
  adot: unit.at("ADOT").number(),
  quantities: unit.maybe("PRI")
    ? { pri: unit.at("PRI").number(), pq: unit.at("PQ").number(), gq: unit.at("GQ").number() }
    : null,
});

/** Polled sources hold for 900 s unless the vector says otherwise; null is without a limit. */
function holdMs(inputs: Field): number {
  const given = inputs.maybe("max_gap_s");
  if (given) return given.number() * 1_000;
  const isUnlimited = inputs.members().some(([key]) => key === "max_gap_s");
  return isUnlimited ? Number.POSITIVE_INFINITY : 900_000;
}

const figuresOf = (figures: PeriodReliability) => ({
  failures_started: figures.failuresStarted,
  repairs_completed: figures.repairsCompleted,
  open_at_end: figures.openAtEnd,
  udt_h: figures.udtH,
  mtbf_h: figures.mtbfH,
  mttr_h: figures.mttrH,
});

export const equipmentOperations: Readonly<Record<string, Operation>> = {
  e10_metrics: (inputs) => {
    const stack = semiE10(stateHours(inputs.at("hours")));
    return {
      total: stack.total,
      operations: stack.operations,
      uptime: stack.uptime,
      downtime: stack.downtime,
      manufacturing: stack.manufacturing,
      operational_uptime: stack.operationalUptime,
      total_uptime: stack.totalUptime,
      operational_utilisation: stack.operationalUtilisation,
      total_utilisation: stack.totalUtilisation,
    };
  },
  aggregate_ratio: (inputs) => {
    const { numerator, denominator, value } = ratioOfSums(
      inputs
        .at("items")
        .list()
        .map((item) => ({ numerator: item.at("num_h").number(), denominator: item.at("den_h").number() })),
    );
    return { num_h: numerator, den_h: denominator, value };
  },
  aggregate_with_coverage: (inputs) => {
    const { ratio, coverage, status, belowFloor } = coveredRatio(
      inputs
        .at("items")
        .list()
        .map((item) => ({
          equipment: item.at("equipment").text(),
          numerator: item.at("prd_h").number(),
          denominator: item.at("ot_h").number(),
          known: item.at("known_h").number(),
          expected: item.at("expected_h").number(),
        })),
    );
    return { value: ratio.value, coverage, status, below_floor: belowFloor };
  },
  state_durations: (inputs) => {
    const samples = inputs
      .at("samples")
      .list()
      .map((sample, i) => ({
        at: sample.at("t").instant(),
        state: stateOf(sample.at("state").text(), `samples[${i}].state`),
        sequence: sample.maybe("seq")?.number() ?? 0,
      }));
    const time = stateDurations(samples, span(inputs), holdMs(inputs));
    const figure = operationalUtilisation(time);
    return {
      seconds: Object.fromEntries(
        Object.entries(time)
          .filter(([, ms]) => ms > 0)
          .map(([state, ms]) => [state, ms / 1_000]),
      ),
      coverage: figure.coverage,
      status: figure.status,
      operational_utilisation: figure.value,
      lower_bound: figure.lower,
      upper_bound: figure.upper,
    };
  },
  power_states: (inputs) => {
    const segments = powerStates(inputs.at("kw").numbers(), inputs.at("interval_s").number(), {
      onKw: inputs.at("p_on_kw").number(),
      runKw: inputs.at("p_run_kw").number(),
      runOffKw: inputs.at("p_run_off_kw").number(),
      minDwellS: inputs.at("min_dwell_s").number(),
    });
    const seconds: Record<string, number> = {};
    for (const part of segments) seconds[part.state] = (seconds[part.state] ?? 0) + part.seconds;
    return { segments: segments.map((part) => [part.state, part.seconds]), seconds };
  },
  channel_utilisation: (inputs) => {
    const { usedChannelH, capacityH, value } = channelUtilisation(
      inputs.at("capacity").number(),
      inputs.at("operations_h").number(),
      inputs.at("channel_used_h").numbers(),
    );
    return { used_channel_h: usedChannelH, capacity_h: capacityH, value };
  },
  value_weighted: (inputs) => {
    const items = inputs
      .at("items")
      .list()
      .map((item, i) => ({
        equipment: item.maybe("equipment")?.text() ?? `item ${i}`,
        originalValue: item.maybe("value")?.number() ?? null,
        productiveH: item.at("prd_h").number(),
        operationsH: item.at("ot_h").number(),
      }));
    return { value: valueWeightedUtilisation(items).value };
  },
  iso22400: (inputs) => {
    const unit = iso22400(workUnit(inputs.at("unit")));
    return {
      AUPT: unit.aupt,
      AUBT: unit.aubt,
      PBT: unit.pbt,
      availability: unit.availability,
      allocation_efficiency: unit.allocationEfficiency,
      utilisation_efficiency: unit.utilisationEfficiency,
      setup_ratio: unit.setupRatio,
      technical_efficiency: unit.technicalEfficiency,
      effectiveness: unit.effectiveness,
      quality_ratio: unit.qualityRatio,
      oee: unit.oee,
      nee: unit.nee,
    };
  },
  oee_aggregate: (inputs) => oeeOfUnits(inputs.at("units").list().map(workUnit)),
  oee_flag: (inputs) => {
    const { effectiveness, oee, flags } = iso22400(workUnit(inputs.at("unit")));
    return { effectiveness, oee, flags };
  },
  oee_e79: (inputs) => {
    const factors = oeeOnTotalTime({
      totalH: inputs.at("total_h").number(),
      uptimeH: inputs.at("uptime_h").number(),
      productionH: inputs.at("production_h").number(),
      theoreticalActualH: inputs.at("theoretical_actual_h").number(),
      theoreticalEffectiveH: inputs.at("theoretical_effective_h").number(),
    });
    return {
      availability_efficiency: factors.availabilityEfficiency,
      operational_efficiency: factors.operationalEfficiency,
      rate_efficiency: factors.rateEfficiency,
      quality_efficiency: factors.qualityEfficiency,
      oee: factors.oee,
    };
  },
  mtbf: (inputs) => {
    const repairs = inputs.at("repair_h").numbers();
    const figures = reliabilityOfRepairs(inputs.at("productive_h").number(), repairs);
    return {
      failures: repairs.length,
      mtbf_h: figures.mtbfH,
      mttr_h: figures.mttrH,
      mtbf_lower_bound_h: figures.mtbfLowerBoundH,
    };
  },
  failures_by_period: (inputs) => {
    const calendar = zone(inputs);
    const downTimes = inputs
      .at("failures")
      .list()
      .map((failure) => ({
        from: failure.at("start").instant(),
        to: failure.maybe("end")?.instant() ?? null,
        workOrder: failure.maybe("work_order")?.text() ?? null,
      }));
    const asked = inputs.at("periods").list();
    const named = asked.map((item) => calendar.period(item.at("period").text()));
    return byName(
      named,
      named.map((period, i) =>
        figuresOf(reliabilityInPeriod(downTimes, period, asked[i]!.at("productive_h").number())),
      ),
    );
  },
  avg_effective_hours: (inputs) => {
    const mean = averageEffectiveHours(inputs.at("effective_h").numbers(), inputs.at("service_fraction").numbers());
    return { per_instrument_h: mean.perInstrumentH, per_service_year_h: mean.perServiceYearH };
  },
  used_hours: (inputs) => {
    const { usedH, sumOfRunsH } = usedHours(spans(inputs.at("runs")));
    return { used_h: usedH, sum_of_runs_h: sumOfRunsH };
  },
  effective_hours: (inputs) => {
    const effectiveH = effectiveHours({
      productiveH: inputs.at("prd_h").number(),
      preparationH: inputs.at("prep_h").number(),
      postProcessingH: inputs.at("post_h").number(),
      projectEngineeringH: inputs.at("eng_project_h").number(),
    });
    return { effective_h: effectiveH, rate: quotaUse(effectiveH, inputs.at("quota_h").number()).rate };
  },
  quota_rate: (inputs) => quotaUse(inputs.at("effective_h").number(), inputs.at("quota_h").number()),
  quota_prorata: (inputs) => {
    const calendar = zone(inputs);
    const service = {
      from: inputs.at("in_service_from").instant(),
      to: inputs.maybe("in_service_to")?.instant() ?? null,
    };
    const period = calendar.period(inputs.at("period").text());
    const { days, quotaH } = quotaInService(calendar, period, service, inputs.at("quota_h").number());
    return { days, quota_h: quotaH, rate: quotaUse(inputs.at("effective_h").number(), quotaH).rate };
  },
};
