import { arrhenius } from "../../physics/constants.ts";
import { type Control, clamp, control, lag } from "../../physics/dynamics.ts";

/**
 * Drying oven of four zones in a row. The wet film brings NMP in; each zone is well mixed: what evaporates from its
 * piece of web goes into its air, and the exhaust takes it away.
 */
export interface Zone {
  readonly airC: number;
  readonly heaterKW: number;
  readonly exhaustM3PerH: number;
  readonly damperPercent: number;
  /** NMP on the web in this zone, g/m². */
  readonly filmGPerM2: number;
  /** NMP in the zone's air, g/m³. */
  readonly vapourGPerM3: number;
  readonly evaporationGPerS: number;
  /** NMP that the exhaust takes away. */
  readonly exhaustedGPerS: number;
  /** NMP that stays on the web that leaves the zone, g/m². */
  readonly leavingGPerM2: number;
  readonly heating: Control;
}

export const zoneSettings = [
  { setC: 90, exhaustM3PerH: 450 },
  { setC: 110, exhaustM3PerH: 450 },
  { setC: 120, exhaustM3PerH: 250 },
  { setC: 105, exhaustM3PerH: 150 },
] as const;
export const zoneCount = zoneSettings.length;

export const standbyC = 60;
export const heaterMostKW = 20;
export const zoneLengthM = 2;
export const webWidthM = 0.25;
export const zoneAirM3 = 0.6;
/** kJ/K of a zone's air, walls and rollers. */
const capacity = 18;
/** Lower explosive limit of NMP, g/m³ (1.3 % by volume at 20 °C). */
const explosiveGPerM3 = 53;
const dryingAt110PerS = 0.085;
const activation = 42;
/** kJ/g */
const heatOfEvaporation = 0.55;
const by = { gain: 1.4, integralTimeS: 40, low: 0, high: heaterMostKW } as const;

export const coldZone = (): Zone => ({
  airC: standbyC,
  heaterKW: 1,
  exhaustM3PerH: 60,
  damperPercent: 20,
  filmGPerM2: 0,
  vapourGPerM3: 0,
  evaporationGPerS: 0,
  exhaustedGPerS: 0,
  leavingGPerM2: 0,
  heating: { output: 0, integral: 0 },
});

export const lelPercent = ({ vapourGPerM3 }: Zone): number => (100 * vapourGPerM3) / explosiveGPerM3;

export interface ZoneConditions {
  readonly setC: number;
  /** Exhaust that is asked for, m³/h. */
  readonly wantedM3PerH: number;
  /** 1 while the damper obeys; less while it hangs. */
  readonly damperShare: number;
  readonly webMPerS: number;
  readonly enteringGPerM2: number;
}

export function stepZone(
  was: Zone,
  { setC, wantedM3PerH, damperShare, webMPerS, enteringGPerM2 }: ZoneConditions,
  dtS: number,
): Zone {
  const heating = control(by, was.heating, setC - was.airC, dtS);
  const heaterKW = lag(was.heaterKW, heating.output, 2, dtS);
  const exhaustM3PerH = lag(was.exhaustM3PerH, wantedM3PerH * damperShare, 4, dtS);

  const areaM2 = webWidthM * zoneLengthM;
  const saturation = clamp(1 - was.vapourGPerM3 / 120, 0, 1);
  const rate = arrhenius(dryingAt110PerS, 110, activation, was.airC) * saturation;
  const film = was.filmGPerM2;
  const evaporated = film * (1 - Math.exp(-rate * dtS));
  const carried = clamp((webMPerS / zoneLengthM) * dtS, 0, 1);
  const evaporationGPerS = (evaporated * areaM2) / dtS;

  const airM3PerS = exhaustM3PerH / 3_600;
  const clearing = airM3PerS / zoneAirM3;
  const vapourGPerM3 =
    clearing > 0 ? lag(was.vapourGPerM3, evaporationGPerS / airM3PerS, 1 / clearing, dtS) : was.vapourGPerM3;
  // Fresh air comes in at 25 °C: 1.2 kJ/(m³ K).
  const exhaustKW = airM3PerS * 1.2 * (was.airC - 25);
  const lossKW = 0.012 * (was.airC - 25) + evaporationGPerS * heatOfEvaporation;
  return {
    airC: was.airC + ((heaterKW - exhaustKW - lossKW) * dtS) / capacity,
    heaterKW,
    exhaustM3PerH,
    damperPercent: clamp((100 * exhaustM3PerH) / 600, 5, 100),
    filmGPerM2: (film - evaporated) * (1 - carried) + enteringGPerM2 * carried,
    leavingGPerM2: film - evaporated,
    vapourGPerM3,
    evaporationGPerS,
    exhaustedGPerS: evaporationGPerS + ((was.vapourGPerM3 - vapourGPerM3) * zoneAirM3) / dtS,
    heating,
  };
}
