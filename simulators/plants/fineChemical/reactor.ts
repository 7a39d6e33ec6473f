import { arrhenius, gasConstant, zeroCelsius } from "../../physics/constants.ts";
import { clamp, lag, ramp } from "../../physics/dynamics.ts";
import type { PhaseName } from "./recipe.ts";

/** Jacketed stirred vessel of 15 L. A + B → C in a solvent like toluene, strongly exothermic. */
export interface Reactor {
  readonly temperatureC: number;
  readonly massKg: number;
  readonly molA: number;
  readonly molB: number;
  readonly molC: number;
  /** Nitrogen in the gas space. */
  readonly gasMol: number;
  readonly ventMolPerS: number;
  readonly nitrogenMolPerS: number;
  readonly stirrerRpm: number;
  readonly heatKW: number;
  /** Since the start, for the balance: mass = heel + charged + dosed − discharged. */
  readonly chargedKg: number;
  readonly dosedKg: number;
  readonly dischargedKg: number;
}

export const heelKg = 0.3;
export const densityKgPerL = 0.9;
export const vesselL = 15;
const chargeKg = 4.5;
const chargeMolA = 15;
const chargeS = 36;
const dischargeS = 30;
/** kg/mol of B. */
export const molarMassB = 0.08;
const heatKJPerMol = 60;
/** kJ/(kg K) */
const heatCapacity = 2.2;
/** kW/K between contents and jacket at full stirring. */
const wallKWPerK = 0.35;
const lossKWPerK = 0.004;
/** L/(mol s) at 70 °C, and its activation energy in kJ/mol. */
const rateAt70 = 0.027;
const activation = 65;
/** By-product gas, mol per mol of C. */
const gasShare = 0.03;
const reliefBar = 1.6;
const blanketBar = 1.06;

export const emptyReactor: Reactor = {
  temperatureC: 22,
  massKg: heelKg,
  molA: 0,
  molB: 0,
  molC: 0,
  gasMol: (blanketBar * 100 * vesselL) / (gasConstant * (22 + zeroCelsius)),
  ventMolPerS: 0,
  nitrogenMolPerS: 0,
  stirrerRpm: 0,
  heatKW: 0,
  chargedKg: 0,
  dosedKg: 0,
  dischargedKg: 0,
};

export const volumeL = ({ massKg }: Reactor): number => massKg / densityKgPerL;

/** Vapour pressure of toluene, bar (Antoine). */
const vapourBar = (celsius: number): number => 10 ** (6.954 - 1344.8 / (219.48 + celsius)) * 0.001333;

/** Absolute pressure, bar. */
export const pressureBar = (reactor: Reactor): number => gasBar(reactor) + vapourBar(reactor.temperatureC);

const gasBar = (reactor: Reactor): number =>
  (reactor.gasMol * gasConstant * (reactor.temperatureC + zeroCelsius)) / (vesselL - volumeL(reactor)) / 100;

/** Share of A that has become C, 0 to 1. */
export const conversion = ({ molA, molC }: Reactor): number => (molA + molC > 0 ? molC / (molA + molC) : 0);

export interface Surroundings {
  readonly phase: PhaseName;
  readonly jacketC: number;
  readonly dosingKgPerS: number;
  readonly stirrerOn: boolean;
}

export function stepReactor(
  was: Reactor,
  { phase, jacketC, dosingKgPerS, stirrerOn }: Surroundings,
  dtS: number,
): Reactor {
  const stirrerRpm = ramp(was.stirrerRpm, stirrerOn ? 320 : 0, 40, dtS);
  const inKg = phase === "charge" ? Math.min((chargeKg / chargeS) * dtS, room(was)) : 0;
  const doseKg = dosingKgPerS * dtS;
  const draining = phase === "discharge" || phase === "clean";
  const outKg = draining ? Math.min(was.massKg - heelKg, (7 / dischargeS) * dtS) : 0;
  const kept = 1 - outKg / was.massKg;

  const mixing = clamp(stirrerRpm / 320, 0.15, 1);
  const rate = arrhenius(rateAt70, 70, activation, was.temperatureC) * mixing;
  const reacted = Math.min(was.molA, was.molB, (rate * was.molA * was.molB * dtS) / volumeL(was));
  const molA = (was.molA - reacted) * kept + (inKg / chargeKg) * chargeMolA;
  const molB = (was.molB - reacted) * kept + doseKg / molarMassB;
  const molC = (was.molC + reacted) * kept;

  const heatKW = (reacted * heatKJPerMol) / dtS;
  const wallKW = wallKWPerK * mixing * wetted(was) * (jacketC - was.temperatureC);
  const lossKW = lossKWPerK * (was.temperatureC - 22);
  const capacity = (was.massKg + 0.8) * heatCapacity;
  const fresh = (inKg + doseKg) * heatCapacity * (22 - was.temperatureC);
  const temperatureC = was.temperatureC + ((heatKW + wallKW - lossKW) * dtS + fresh) / capacity;
  const massKg = was.massKg + inKg + doseKg - outKg;

  return {
    ...stepGas({ ...was, temperatureC, massKg, molA, molB, molC }, reacted * gasShare, dtS),
    stirrerRpm,
    heatKW: lag(was.heatKW, heatKW, 4, dtS),
    chargedKg: was.chargedKg + inKg,
    dosedKg: was.dosedKg + doseKg,
    dischargedKg: was.dischargedKg + outKg,
  };
}

const room = ({ massKg }: Reactor): number => Math.max(0, vesselL * 0.9 * densityKgPerL - massKg);
const wetted = (reactor: Reactor): number => clamp(volumeL(reactor) / 5, 0.25, 1);

/** Nitrogen makes up for falling pressure, the vent holds rising pressure. */
function stepGas(reactor: Reactor, madeMol: number, dtS: number): Reactor {
  const filled = { ...reactor, gasMol: reactor.gasMol + madeMol };
  const perBar = filled.gasMol / gasBar(filled);
  const missing = Math.max(0, blanketBar - pressureBar(filled)) * perBar;
  const surplus = Math.max(0, pressureBar(filled) - reliefBar) * perBar;
  const nitrogen = missing * clamp(dtS / 3, 0, 1);
  const vented = surplus * clamp(dtS / 4, 0, 1);
  return {
    ...filled,
    gasMol: filled.gasMol + nitrogen - vented,
    nitrogenMolPerS: lag(reactor.nitrogenMolPerS, nitrogen / dtS, 2, dtS),
    ventMolPerS: lag(reactor.ventMolPerS, vented / dtS, 2, dtS),
  };
}
