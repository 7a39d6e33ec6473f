import { CodedError } from "#shared/model/errors.ts";

/**
 * UCUM code to UN/CEFACT common code (Recommendation 20), short and full name, as OPC UA Part 8, 5.6.3 asks of
 * EUInformation. Units without a common code have none.
 */
const units: Readonly<Record<string, readonly [commonCode: string, symbol: string, name: string]>> = {
  "1": ["C62", "1", "one"],
  "%": ["P1", "%", "percent"],
  "[ppm]": ["59", "ppm", "parts per million"],
  Cel: ["CEL", "°C", "degree Celsius"],
  bar: ["BAR", "bar", "bar"],
  mbar: ["MBR", "mbar", "millibar"],
  Pa: ["PAL", "Pa", "pascal"],
  kPa: ["KPA", "kPa", "kilopascal"],
  kW: ["KWT", "kW", "kilowatt"],
  "kW.h": ["KWH", "kW·h", "kilowatt hour"],
  A: ["AMP", "A", "ampere"],
  V: ["VLT", "V", "volt"],
  "{rev}/min": ["RPM", "r/min", "revolution per minute"],
  "N.m": ["NU", "N·m", "newton metre"],
  N: ["NEW", "N", "newton"],
  h: ["HUR", "h", "hour"],
  kg: ["KGM", "kg", "kilogram"],
  "kg/h": ["E93", "kg/h", "kilogram per hour"],
  L: ["LTR", "l", "litre"],
  "L/min": ["L2", "l/min", "litre per minute"],
  "mL/min": ["41", "ml/min", "millilitre per minute"],
  m3: ["MTQ", "m³", "cubic metre"],
  "m3/h": ["MQH", "m³/h", "cubic metre per hour"],
  "mg/m3": ["GP", "mg/m³", "milligram per cubic metre"],
  "g/L": ["GL", "g/l", "gram per litre"],
  "g/m2": ["GM", "g/m²", "gram per square metre"],
  "m/min": ["2X", "m/min", "metre per minute"],
  m: ["MTR", "m", "metre"],
  mm: ["MMT", "mm", "millimetre"],
  um: ["4H", "µm", "micrometre"],
  "mm/s": ["C16", "mm/s", "millimetre per second"],
  "[pH]": ["Q30", "pH", "pH (potential of hydrogen)"],
  "[g]": ["K40", "g", "standard acceleration of free fall"],
  "Pa.s": ["C65", "Pa·s", "pascal second"],
};

export interface EngineeringUnit {
  /** Of UN/CEFACT Recommendation 20. */
  readonly commonCode: string;
  readonly symbol: string;
  readonly name: string;
}

/** Throws `CONFIG` for a UCUM code that this table lacks. */
export function engineeringUnit(ucum: string): EngineeringUnit {
  const known = units[ucum];
  if (!known) {
    throw new CodedError(
      "CONFIG",
      `No engineering unit is known for the UCUM code \`${ucum}\`; the simulators know ${Object.keys(units).join(", ")}.`,
    );
  }
  const [commonCode, symbol, name] = known;
  return { commonCode, symbol, name };
}
