/** Of EUInformation.namespaceUri where unitId is a packed common code (IEC 62541-8, 5.6.3.3). */
const unece = "http://www.opcfoundation.org/UA/units/un/cefact";

/** UN/CEFACT common code (Recommendation 20) to UCUM code: what pilot lines measure. */
const ucumByCommonCode: Readonly<Record<string, string>> = {
  // Plain numbers and shares.
  C62: "1",
  P1: "%",
  "59": "[ppm]",
  "61": "[ppb]",
  Q30: "[pH]",
  // Temperature, pressure.
  CEL: "Cel",
  KEL: "K",
  FAH: "[degF]",
  PAL: "Pa",
  A97: "hPa",
  KPA: "kPa",
  MPA: "MPa",
  BAR: "bar",
  MBR: "mbar",
  PS: "[psi]",
  // Length, area, volume, mass.
  MTR: "m",
  CMT: "cm",
  MMT: "mm",
  "4H": "um",
  MTK: "m2",
  MTQ: "m3",
  LTR: "L",
  MLT: "mL",
  KGM: "kg",
  GRM: "g",
  MGM: "mg",
  TNE: "t",
  // Time, frequency, speed.
  SEC: "s",
  C26: "ms",
  MIN: "min",
  HUR: "h",
  DAY: "d",
  HTZ: "Hz",
  KHZ: "kHz",
  RPM: "{rev}/min",
  MTS: "m/s",
  "2X": "m/min",
  KMH: "km/h",
  C16: "mm/s",
  MSK: "m/s2",
  K40: "[g]",
  // Flow.
  KGS: "kg/s",
  E93: "kg/h",
  MQH: "m3/h",
  MQS: "m3/s",
  L2: "L/min",
  E32: "L/h",
  "41": "mL/min",
  // Density, concentration, viscosity.
  KMQ: "kg/m3",
  GL: "g/L",
  M1: "mg/L",
  GP: "mg/m3",
  GM: "g/m2",
  C65: "Pa.s",
  C24: "mPa.s",
  // Force and torque.
  NEW: "N",
  B47: "kN",
  NU: "N.m",
  // Electricity and energy.
  AMP: "A",
  "4K": "mA",
  VLT: "V",
  "2Z": "mV",
  KVT: "kV",
  OHM: "Ohm",
  WTT: "W",
  KWT: "kW",
  MAW: "MW",
  KVA: "kV.A",
  WHR: "W.h",
  KWH: "kW.h",
  MWH: "MW.h",
  JOU: "J",
  KJO: "kJ",
  "3B": "MJ",
  LUX: "lx",
};

/** The common code whose characters `unitId` packs, for example 4408652 is CEL; undefined in another namespace. */
export function commonCodeOf(unitId: number, namespaceUri: string): string | undefined {
  if (namespaceUri !== unece || unitId <= 0) return undefined;
  const bytes = [24, 16, 8, 0].map((shift) => (unitId >>> shift) & 0xff).filter((byte) => byte !== 0);
  return bytes.every((byte) => byte > 0x20 && byte < 0x7f) ? String.fromCharCode(...bytes) : undefined;
}

/** The UCUM code of a UN/CEFACT common code, where the table has it. */
export const ucumOfCommonCode = (code: string): string | undefined =>
  Object.hasOwn(ucumByCommonCode, code) ? ucumByCommonCode[code] : undefined;

export const commonCodes: readonly string[] = Object.keys(ucumByCommonCode);
