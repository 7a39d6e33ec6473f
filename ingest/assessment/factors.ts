import type { AssessedFactor } from "#shared/model/assessment.ts";
import alarmBenchmarks from "#shared/model/standards/alarmBenchmarks.json" with { type: "json" };
import demandIntervals from "#shared/model/standards/demandIntervals.json" with { type: "json" };
import gridFactors from "#shared/model/standards/gridFactors.json" with { type: "json" };
import energyCoefficients from "../indicators/standards/energyCoefficients.json" with { type: "json" };
import exhaustValidity from "../indicators/standards/exhaustValidity.json" with { type: "json" };
import gasSetpoints from "../indicators/standards/gasSetpoints.json" with { type: "json" };
import machineHourQuotas from "../indicators/standards/machineHourQuotas.json" with { type: "json" };

const shipped: readonly AssessedFactor[] = [
  alarmBenchmarks,
  demandIntervals,
  energyCoefficients,
  exhaustValidity,
  gasSetpoints,
  gridFactors,
  machineHourQuotas,
]
  .flat()
  .map(({ id, source, evidence, validFrom, validTo }) => ({ id, source, evidence, validFrom, validTo }));

/** Where a factor of a figure comes from: a shipped standard, or else the platform's own plant model. */
export const factorOf = (id: string): AssessedFactor =>
  shipped.find((one) => one.id === id) ?? {
    id,
    source: "plant.yaml of the platform",
    evidence: "as the platform says",
    validFrom: null,
    validTo: null,
  };
