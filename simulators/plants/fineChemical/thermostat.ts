import { type Control, clamp, control, lag } from "../../physics/dynamics.ts";

/** Heating and cooling unit of the jacket: electric heater, chilled glycol. */
export interface Thermostat {
  readonly jacketC: number;
  readonly returnC: number;
  readonly heaterKW: number;
  readonly coolingKW: number;
  readonly valvePercent: number;
  readonly glycolC: number;
  readonly flowLPerMin: number;
  readonly control: Control;
}

export const heaterMostKW = 12;
/** kJ/K of jacket, oil and pipes. */
const capacity = 7;
/** kW/K of the glycol cooler with its valve open. */
const coolerKWPerK = 0.45;
const cascade = { gain: 3.5, integralTimeS: 90, low: -60, high: 75 } as const;

export const coldThermostat: Thermostat = {
  jacketC: 22,
  returnC: 22,
  heaterKW: 0,
  coolingKW: 0,
  valvePercent: 0,
  glycolC: 4,
  flowLPerMin: 0,
  control: { output: 0, integral: 0 },
};

/** Cascade: the reactor's deviation sets the jacket's temperature, the jacket's deviation sets heater or valve. */
export function stepThermostat(
  was: Thermostat,
  reactor: { readonly temperatureC: number; readonly setpointC: number; readonly toReactorKW: number },
  on: boolean,
  valveHangs: boolean,
  dtS: number,
): Thermostat {
  const outer = control(cascade, was.control, reactor.setpointC - reactor.temperatureC, dtS);
  const jacketSetC = clamp(reactor.setpointC + outer.output, 8, 125);
  const wantedKW = on ? (jacketSetC - was.jacketC) * 0.9 : 0;
  const heaterKW = lag(was.heaterKW, clamp(wantedKW, 0, heaterMostKW), 3, dtS);
  const valvePercent = lag(was.valvePercent, clamp(-wantedKW * 12, 0, valveHangs ? 4 : 100), 3, dtS);
  const coolingKW = Math.max(0, (valvePercent / 100) * coolerKWPerK * (was.jacketC - was.glycolC));
  const lossKW = 0.02 * (was.jacketC - 22);
  const jacketC = was.jacketC + ((heaterKW - coolingKW - lossKW - reactor.toReactorKW) * dtS) / capacity;
  return {
    jacketC,
    returnC: lag(was.returnC, jacketC - reactor.toReactorKW * 0.8, 6, dtS),
    heaterKW,
    coolingKW,
    valvePercent,
    glycolC: lag(was.glycolC, 4 + coolingKW * 0.35, 25, dtS),
    flowLPerMin: lag(was.flowLPerMin, on ? 38 : 0, 4, dtS),
    control: on ? outer : was.control,
  };
}
