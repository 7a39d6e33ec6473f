import { duplicates, energyBalance } from "../../../ingest/indicators/quality/consistency.ts";
import { coverageOf, slotCoverage, statusOf } from "../../../ingest/indicators/quality/coverage.ts";
import { acceptedOffsets, timeliness } from "../../../ingest/indicators/quality/timeliness.ts";
import { flatLines, validValues } from "../../../ingest/indicators/quality/validity.ts";
import type { Operation } from "../operations.ts";

export const qualityOperations: Readonly<Record<string, Operation>> = {
  coverage_status: (inputs) => ({ status: inputs.at("coverage").numbers().map(statusOf) }),
  coverage_aggregate: (inputs) => {
    const { value, status } = coverageOf(
      inputs
        .at("items")
        .list()
        .map((item) => ({
          known: item.at("valid_h").number(),
          expected: item.at("in_service_h").number(),
        })),
    );
    return { value, status };
  },
  slot_coverage: (inputs) => {
    const samples = inputs
      .at("samples")
      .list()
      .map((sample) => ({
        atS: sample.at("s").number(),
        isGood: sample.at("q").text() === "good",
      }));
    return slotCoverage(samples, inputs.at("slot_s").number(), inputs.at("slots").number());
  },
  timeliness: (inputs) => {
    const { within, p50S, p95S } = timeliness(inputs.at("latency_s").numbers(), inputs.at("target_s").number());
    return { within, p50_s: p50S, p95_s: p95S };
  },
  flatline: (inputs) => ({
    suspect: flatLines(
      inputs.at("values").numbers(),
      inputs.at("interval_s").number(),
      inputs.at("flat_limit_s").number(),
    ),
  }),
  validity: (inputs) => {
    const samples = inputs
      .at("samples")
      .list()
      .map((sample) => ({
        atS: sample.at("s").number(),
        value: sample.at("v").number(),
      }));
    const { accepted, rejected } = validValues(samples, {
      min: inputs.at("min").number(),
      max: inputs.at("max").number(),
      maxRatePerS: inputs.at("max_rate_per_s").number(),
    });
    return { valid: accepted.length, rejected: Object.fromEntries(rejected.map(({ atS, why }) => [atS, why])) };
  },
  clock_skew: (inputs) => ({
    accepted: acceptedOffsets(inputs.at("offsets_s").numbers(), inputs.at("tolerance_s").number()),
  }),
  energy_balance: (inputs) => {
    const { residualKwh, residualShare } = energyBalance(
      inputs.at("main_kwh").number(),
      inputs.at("sub_kwh").numbers(),
    );
    return { residual_kwh: residualKwh, residual_share: residualShare };
  },
  dedupe: (inputs) =>
    duplicates(
      inputs
        .at("events")
        .list()
        .map((event) => ({
          source: event.at("source").text(),
          at: event.at("t").instant(),
          sequence: event.at("seq").number(),
        })),
    ),
};
