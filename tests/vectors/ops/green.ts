import { isEquipmentState } from "#shared/model/equipment.ts";
import { gridEmission, renewableShare } from "#shared/model/green/carbon.ts";
import { baseLoad, demand, demandIntervals, demandWindows, peakDemand } from "#shared/model/green/demand.ts";
import { energyPerformance, fitBaseline } from "#shared/model/green/enpi.ts";
import { coverageStatus } from "#shared/model/indicator.ts";
import { interval } from "#shared/model/interval.ts";
import { comprehensiveEnergy } from "../../../ingest/indicators/green/comprehensiveEnergy.ts";
import { energyByState } from "../../../ingest/indicators/green/energyByState.ts";
import {
  atReferenceOxygen,
  emittedKg,
  exhaustHours,
  exhaustValidity,
} from "../../../ingest/indicators/green/exhaust.ts";
import { incrementsOf, type Reading, type RegisterRules } from "../../../ingest/indicators/green/increments.ts";
import { batchEnergy, energyIntensity } from "../../../ingest/indicators/green/intensity.ts";
import { powerFactor } from "../../../ingest/indicators/green/powerFactor.ts";
import { registerEnergy } from "../../../ingest/indicators/green/register.ts";
import { energyByBand } from "../../../ingest/indicators/green/tariff.ts";
import { waterUse } from "../../../ingest/indicators/green/water.ts";
import type { Field } from "../field.ts";
import type { Operation } from "../operations.ts";
import { byName, newest, periods, span, zone, zoneOrShanghai } from "./shapes.ts";

/** Readings in kWh: the register's times the multiplier. */
const readings = (inputs: Field): readonly Reading[] => {
  const multiplier = inputs.maybe("multiplier")?.number() ?? 1;
  return inputs
    .at("readings")
    .list()
    .map((item) => ({ at: item.at("t").instant(), value: item.at("v").number() * multiplier }));
};

/** The rules of a register that counts in kWh; without a longest gap none is too long. */
function registerRules(inputs: Field): RegisterRules {
  const multiplier = inputs.maybe("multiplier")?.number() ?? 1;
  const [modulus, power, jitter] = ["modulus", "p_max_kw", "jitter_kwh"].map((key) => inputs.maybe(key)?.number());
  return {
    maxGapMs: (inputs.maybe("max_gap_s")?.number() ?? Number.POSITIVE_INFINITY) * 1_000,
    ...(power === undefined ? {} : { maxPerHour: power }),
    ...(modulus === undefined ? {} : { modulus: modulus * multiplier }),
    ...(jitter === undefined ? {} : { jitter }),
    replacements: (inputs.maybe("replacements")?.list() ?? []).map((item) => ({
      at: item.at("t").instant(),
      final: item.at("final").number() * multiplier,
      initial: item.at("initial").number() * multiplier,
    })),
  };
}

const months = (inputs: Field, xs: string, kwh: string) => {
  const energies = inputs.at(kwh).numbers();
  const drivers = inputs.at(xs).numbers();
  if (energies.length !== drivers.length) throw new Error(`${xs} and ${kwh} have different lengths`);
  return drivers.map((x, i) => ({ x, kwh: energies[i]!, coverage: 1 }));
};

export const greenOperations: Readonly<Record<string, Operation>> = {
  register: (inputs) => {
    const given = inputs.maybe("periods");
    const named = given ? periods(zoneOrShanghai(inputs), given) : [];
    const all = interval(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
    const energies = registerEnergy(readings(inputs), given ? named : [all], registerRules(inputs));
    const shape = energies.map(({ total, estimated }) => ({ kwh: total, estimated_kwh: estimated }));
    const flags = energies[0]?.flags ?? [];
    return given ? { periods: byName(named, shape), flags } : { ...shape[0], flags };
  },
  register_coverage: (inputs) => {
    const period = zone(inputs).period(inputs.at("period").text());
    const energy = registerEnergy(readings(inputs), [period], registerRules(inputs))[0]!;
    return {
      kwh: energy.total,
      estimated_kwh: energy.estimated,
      coverage: energy.coverage,
      status: coverageStatus(energy.coverage),
    };
  },
  batch_energy: (inputs) => ({ kwh: batchEnergy(readings(inputs), span(inputs), registerRules(inputs))?.total }),
  intensity: (inputs) => {
    const batches = inputs
      .at("batches")
      .list()
      .map((batch) => ({
        kwh: batch.at("kwh").number(),
        hours: batch.at("h").number(),
        kg: batch.at("kg").number(),
      }));
    const { perBatch, perHour, perKg, eachPerKg } = energyIntensity(batches);
    return { per_batch: perBatch, per_hour: perHour, per_kg: perKg, each_per_kg: eachPerKg };
  },
  energy_by_state: (inputs) => {
    const power = inputs
      .at("power")
      .list()
      .map((step) => ({ hour: step.at("h").number(), kw: step.at("kw").number() }));
    const states = inputs
      .at("states")
      .list()
      .map((stretch) => {
        const state = stretch.at("state").text();
        if (!isEquipmentState(state)) throw new Error(`\`${state}\` is no state`);
        return { state, fromHour: stretch.at("from_h").number(), toHour: stretch.at("to_h").number() };
      });
    const { kwh, totalKwh, standbyShare, nonProductiveShare } = energyByState(
      power,
      states,
      inputs.at("end_h").number(),
    );
    return { kwh, total_kwh: totalKwh, standby_share: standbyShare, non_productive_share: nonProductiveShare };
  },
  base_load: (inputs) => {
    const { baseKw, share } = baseLoad(inputs.at("kw").numbers());
    return { base_kw: baseKw, share };
  },
  comprehensive_energy: (inputs) =>
    comprehensiveEnergy(
      inputs
        .at("items")
        .list()
        .map((item) => ({
          name: item.at("name").text(),
          amount: item.at("amount").number(),
          kgcePerUnit: item.maybe("kgce_per_unit")?.number() ?? null,
          isSelfProduced: item.maybe("self_produced_from_metered_energy")?.flag() ?? false,
        })),
    ),
  grid_co2: (inputs) => {
    const numbers = (key: string) =>
      Object.fromEntries(
        inputs
          .at(key)
          .members()
          .map(([name, value]) => [name, value.number()]),
      );
    const { kgCo2, factorYears } = gridEmission(numbers("kwh"), numbers("factors"));
    return { kg_co2: kgCo2, factor_year: factorYears };
  },
  pv_balance: (inputs) => {
    const gridImport = inputs.at("grid_import_kwh").number();
    const { consumptionKwh, value } = renewableShare({
      gridImport,
      generation: inputs.at("pv_generation_kwh").number(),
      export: inputs.at("pv_export_kwh").number(),
    });
    // The vector names no month: any, with the one factor that it names.
    const { kgCo2 } = gridEmission({ "2025-01": gridImport }, { "2025": inputs.at("factor").number() });
    return { consumption_kwh: consumptionKwh, renewable_share: value, kg_co2: kgCo2 };
  },
  demand: (inputs) => {
    const segments = inputs
      .at("segments")
      .list()
      .map((segment) => ({
        minutes: segment.at("minutes").number(),
        kw: segment.maybe("kw")?.number() ?? null,
      }));
    const rules = { ...newest(demandIntervals), windowMinutes: inputs.at("window_min").number() };
    const { fixedWindowsKw, fixedMaxKw, slidingMaxKw } = demand(segments, rules);
    return { fixed_windows_kw: fixedWindowsKw, fixed_max_kw: fixedMaxKw, sliding_max_kw: slidingMaxKw };
  },
  demand_valid: (inputs) => {
    const windows = inputs
      .at("windows")
      .list()
      .map((window) => ({
        knownMinutes: window.at("known").number(),
        kw: window.at("kw").number(),
      }));
    const { validKw, maxKw } = peakDemand(demandWindows(windows), inputs.at("min_known_minutes").number());
    return { valid: validKw.length, max_kw: maxKw };
  },
  power_factor: (inputs) => {
    const reactive = { inductive: inputs.at("kvarh").number(), capacitive: 0 };
    const { value, rounded, meetsStandard } = powerFactor(
      inputs.at("kwh").number(),
      reactive,
      inputs.at("standard").number(),
    );
    return { power_factor: value, rounded, meets_standard: meetsStandard };
  },
  tou: (inputs) => {
    const calendar = zone(inputs);
    const named = periods(calendar, inputs.at("periods"));
    const bands = inputs
      .at("bands")
      .list()
      .map((item) => ({
        band: item.at("band").text(),
        fromS: item.at("from_s").number(),
        toS: item.at("to_s").number(),
      }));
    const { increments } = incrementsOf(readings(inputs), registerRules(inputs));
    const energy = energyByBand(increments, named, { bands, default: inputs.at("default").text() }, calendar);
    return { by_period: byName(named, energy.byPeriod), total: energy.total, share: energy.share };
  },
  enpi: (inputs) => {
    const baseline = fitBaseline(months(inputs, "baseline_x", "baseline_kwh"));
    return { ...baseline, ...energyPerformance(baseline, months(inputs, "x", "kwh")) };
  },
  exhaust_hours: (inputs) => {
    const hours = inputs
      .at("hours")
      .list()
      .map((hour) => ({
        validMinutes: hour.at("valid_minutes").number(),
        mean: hour.maybe("mean")?.number() ?? null,
      }));
    const figures = exhaustHours(hours, inputs.at("limit").number(), newest(exhaustValidity));
    return {
      valid_hours: figures.validHours,
      exceed_hours: figures.exceedHours,
      exceed_rate: figures.exceedRate,
      day_valid: figures.isDayValid,
    };
  },
  exhaust_mass: (inputs) => {
    const measured = inputs.at("mg_m3").number();
    const [o2, reference] = [inputs.at("o2_measured").number(), inputs.at("o2_reference").number()];
    return {
      converted_mg_m3: atReferenceOxygen(measured, o2, reference),
      mass_kg: emittedKg(measured, inputs.at("m3_per_h").number(), inputs.at("hours").number()),
    };
  },
  water: (inputs) => {
    const { freshPerBatch, reuseRate } = waterUse(
      inputs.at("fresh_m3").number(),
      inputs.at("reused_m3").number(),
      inputs.at("batches").number(),
    );
    return { fresh_per_batch: freshPerBatch, reuse_rate: reuseRate };
  },
};
