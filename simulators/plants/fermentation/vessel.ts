import { atmosphereBar, waterHeat } from "../../physics/constants.ts";
import { type Control, clamp, control, lag, ramp } from "../../physics/dynamics.ts";
import type { Culture } from "./culture.ts";
import type { PhaseName } from "./recipe.ts";

/** Stirred, aerated vessel of 7 L around the culture. */
export interface Vessel {
  readonly temperatureC: number;
  readonly jacketC: number;
  /** Dissolved oxygen, % of saturation with air. */
  readonly oxygenPercent: number;
  readonly ph: number;
  readonly stirrerRpm: number;
  readonly airLPerMin: number;
  readonly foamPercent: number;
  readonly pressureBar: number;
  readonly oxygenControl: Control;
  readonly jacketControl: Control;
}

export const restingVessel: Vessel = {
  temperatureC: 24,
  jacketC: 24,
  oxygenPercent: 98,
  ph: 6.8,
  stirrerRpm: 0,
  airLPerMin: 0,
  foamPercent: 0,
  pressureBar: atmosphereBar,
  oxygenControl: { output: 300, integral: 300 },
  jacketControl: { output: 37, integral: 37 },
};

export const oxygenSetPercent = 35;
export const cultureC = 37;
export const phSet = 7;
const slowestRpm = 300;
const fastestRpm = 1_200;
const oxygenBy = { gain: 9, integralTimeS: 14, low: slowestRpm, high: fastestRpm } as const;
const jacketBy = { gain: 5, integralTimeS: 60, low: 8, high: 60 } as const;
/** kW/K between broth and jacket. */
const wallKWPerK = 0.28;
/** Oxygen transfer coefficient at full speed and 6 L/min of air, 1/s. */
const bestTransfer = 0.3;
/** Saturation of broth with air, mmol/L. */
const saturationMmolPerL = 0.21;
/** Metabolic heat, kJ per mmol of oxygen. */
const heatPerOxygen = 0.46;

export interface Doing {
  readonly phase: PhaseName;
  readonly culture: Culture;
  readonly foaming: boolean;
  readonly tripped: boolean;
  readonly basePerS: number;
}

/** kW that the stirrer puts into the broth. */
export const stirringKW = ({ stirrerRpm }: Vessel): number => 0.22 * (stirrerRpm / fastestRpm) ** 3;

/** Water boils at this pressure, bar absolute (Antoine, 1 to 150 °C). */
const steamBar = (celsius: number): number => 10 ** (8.0713 - 1730.6 / (233.43 + celsius)) * 0.001333;

export function stepVessel(was: Vessel, doing: Doing, dtS: number): Vessel {
  const { phase, culture, foaming, tripped } = doing;
  const aerated = phase !== "idle" && phase !== "sterilise" && phase !== "clean";
  const cultivating = phase === "inoculate" || phase === "batch" || phase === "fed-batch";
  const oxygenControl = cultivating
    ? control(oxygenBy, was.oxygenControl, oxygenSetPercent - was.oxygenPercent, dtS)
    : { output: slowestRpm, integral: slowestRpm };
  const stirring = phase !== "idle" && !tripped;
  const stirrerRpm = ramp(was.stirrerRpm, stirring ? oxygenControl.output : 0, 90, dtS);
  const airLPerMin = lag(was.airLPerMin, aerated ? 6 : 0, 3, dtS);
  const foamPercent = clamp(lag(was.foamPercent, foaming ? 75 : airLPerMin * 1.5, foaming ? 9 : 14, dtS), 0, 100);

  // Foam holds the bubbles back from the broth.
  const transfer =
    bestTransfer *
    (Math.max(60, stirrerRpm) / fastestRpm) ** 1.5 *
    (Math.max(0.02, airLPerMin) / 6) ** 0.4 *
    (1 - 0.75 * clamp((foamPercent - 20) / 55, 0, 1));
  const uptakePercent = (100 * culture.uptakeMmolPerLS) / saturationMmolPerL;
  const balance = clamp(
    (100 * was.pressureBar) / atmosphereBar / (phase === "sterilise" ? 20 : 1) - uptakePercent / transfer,
    0,
    110,
  );

  const { jacketC, jacketControl } = stepJacket(was, phase, dtS);
  const capacity = (culture.volumeL + 0.6) * waterHeat;
  const metabolicKW = heatPerOxygen * culture.uptakeMmolPerLS * culture.volumeL;
  const heatKW =
    wallKWPerK * (jacketC - was.temperatureC) + metabolicKW + stirringKW(was) - 0.003 * (was.temperatureC - 22);
  const temperatureC = was.temperatureC + (heatKW * dtS) / capacity;
  const closedBar = Math.max(atmosphereBar, steamBar(temperatureC) + 0.02);
  return {
    temperatureC,
    jacketC,
    jacketControl,
    oxygenPercent: lag(was.oxygenPercent, balance, 1 / transfer + 3, dtS),
    ph: clamp(was.ph - 0.12 * culture.growthGPerLS * dtS + doing.basePerS * dtS, 3, 10),
    stirrerRpm,
    airLPerMin,
    foamPercent,
    pressureBar: lag(was.pressureBar, aerated ? 1.3 : closedBar, 4, dtS),
    oxygenControl,
  };
}

function stepJacket(was: Vessel, phase: PhaseName, dtS: number): Pick<Vessel, "jacketC" | "jacketControl"> {
  // Steam above 121 °C is turned down, cold water runs until the broth is nearly at its temperature.
  const steam = was.temperatureC < 121 ? 142 : 122;
  const water = was.temperatureC > cultureC + 6 ? 10 : cultureC;
  if (phase === "sterilise")
    return { jacketC: lag(was.jacketC, steam, 8, dtS), jacketControl: restingVessel.jacketControl };
  if (phase === "cool") return { jacketC: lag(was.jacketC, water, 6, dtS), jacketControl: restingVessel.jacketControl };
  if (phase === "idle" || phase === "harvest")
    return { jacketC: lag(was.jacketC, 24, 40, dtS), jacketControl: was.jacketControl };
  if (phase === "clean") return { jacketC: lag(was.jacketC, 70, 20, dtS), jacketControl: was.jacketControl };
  const jacketControl = control(jacketBy, was.jacketControl, cultureC - was.temperatureC, dtS);
  return { jacketC: lag(was.jacketC, jacketControl.output, 5, dtS), jacketControl };
}
