import type { Locale } from "./text.ts";
import { annotationsZh, spellings, unitAtoms, unitPrefixes } from "./unitAtoms.ts";

/** Exponents of the base units m, g, s, A, K, mol, cd; a unit that is missing has exponent 0. */
type Dimension = Readonly<Record<string, number>>;

/** A unit as UCUM reads it: its size in base units, and its parts as pages show them. */
export interface Unit {
  readonly factor: number;
  readonly dimension: Dimension;
  /** Has a zero of its own or is logarithmic: no factor converts it. */
  readonly special: boolean;
  readonly parts: readonly UnitPart[];
}

interface UnitPart {
  readonly symbol: string;
  readonly zh: string;
  readonly exponent: number;
  readonly annotation: string;
}

const unity: Unit = { factor: 1, dimension: {}, special: false, parts: [] };

function raised(unit: Unit, exponent: number): Unit {
  const dimension = Object.fromEntries(Object.entries(unit.dimension).map(([base, n]) => [base, n * exponent]));
  const parts = unit.parts.map((part) => ({ ...part, exponent: part.exponent * exponent }));
  return { factor: unit.factor ** exponent, dimension, special: unit.special, parts };
}

function times(a: Unit, b: Unit): Unit {
  const dimension: Record<string, number> = { ...a.dimension };
  for (const [base, n] of Object.entries(b.dimension)) {
    const sum = (dimension[base] ?? 0) + n;
    if (sum === 0) delete dimension[base];
    else dimension[base] = sum;
  }
  const parts = [...a.parts, ...b.parts];
  return { factor: a.factor * b.factor, dimension, special: a.special || b.special, parts };
}

function namedUnit(code: string): Unit | undefined {
  const atom = Object.hasOwn(unitAtoms, code) ? unitAtoms[code] : undefined;
  if (atom) {
    const size = atom.is ? parseUnit(atom.is[1]) : undefined;
    return {
      factor: atom.is ? atom.is[0] * (size?.factor ?? 1) : 1,
      dimension: atom.is ? (size?.dimension ?? {}) : { [code]: 1 },
      special: atom.special ?? false,
      parts: [{ symbol: atom.symbol, zh: atom.zh ?? atom.symbol, exponent: 1, annotation: "" }],
    };
  }
  for (const [letters, prefix] of Object.entries(unitPrefixes)) {
    const rest = code.slice(letters.length);
    if (!code.startsWith(letters) || !Object.hasOwn(unitAtoms, rest) || !unitAtoms[rest]?.metric) continue;
    const unit = namedUnit(rest);
    const parts = unit?.parts.map((part) => ({
      ...part,
      symbol: prefix.symbol + part.symbol,
      zh: prefix.symbol + part.zh,
    }));
    return unit && { ...unit, factor: unit.factor * prefix.factor, parts: parts ?? [] };
  }
  return undefined;
}

const component = /^(?:(10[*^]|(?:[^\s.()/{}[\]\d+-]|\[[^\]\s]+\])+)([+-]?\d+)?|(\d+))?(?:\{([!-z|~]*)\})?/;

/** The unit that a UCUM code means (UCUM §2.3: `.`, `/`, exponents, brackets, annotations), or undefined. */
export function parseUnit(code: string): Unit | undefined {
  let rest = code;
  let members = 0;
  function term(): Unit | undefined {
    let unit = unity;
    let divides = rest.startsWith("/");
    if (divides) rest = rest.slice(1);
    for (;;) {
      const next = rest.startsWith("(") ? bracket() : single();
      if (!next) return undefined;
      members++;
      unit = times(unit, divides ? raised(next, -1) : next);
      const operator = rest[0];
      if (operator !== "." && operator !== "/") return unit;
      divides = operator === "/";
      rest = rest.slice(1);
    }
  }
  function bracket(): Unit | undefined {
    rest = rest.slice(1);
    const inner = term();
    if (!rest.startsWith(")")) return undefined;
    rest = rest.slice(1);
    return inner;
  }
  function single(): Unit | undefined {
    const match = component.exec(rest);
    const [whole = "", name, exponent, factor, annotation] = match ?? [];
    if (whole === "") return undefined;
    rest = rest.slice(whole.length);
    const base = name === undefined ? { ...unity, factor: Number(factor ?? 1) } : namedUnit(name);
    if (!base || base.factor === 0 || exponent?.match(/^[+-]?0+$/)) return undefined;
    const unit = exponent === undefined ? base : raised(base, Number(exponent));
    if (factor !== undefined && factor !== "1") {
      return { ...unit, parts: [{ symbol: factor, zh: factor, exponent: 1, annotation: annotation ?? "" }] };
    }
    if (annotation === undefined) return unit;
    const parts = unit.parts.length > 0 ? unit.parts : [{ symbol: "", zh: "", exponent: 1, annotation }];
    return { ...unit, parts: parts.map((part) => ({ ...part, annotation })) };
  }
  const unit = term();
  if (!unit || rest !== "") return undefined;
  return unit.special && (members > 1 || Object.values(unit.parts).some((part) => part.exponent !== 1))
    ? undefined
    : unit;
}

/**
 * The UCUM code that somebody meant who wrote something else, or undefined. A valid code is left alone, save one
 * that means another kind of quantity than everybody takes it for: `C` (coulomb), `pH` (picohenry).
 */
export function ucumFor(written: string): string | undefined {
  const meant = Object.hasOwn(spellings, written) ? spellings[written] : undefined;
  return meant !== undefined && quantityKind(written) === quantityKind(meant) ? undefined : meant;
}

const superscript = (n: number): string => [...String(n)].map((c) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(c)] ?? "⁻").join("");

/** The unit as a page shows it: `kW·h`, `m³/h`, `°C`; empty for a plain number. An unknown code as it is written. */
export function unitSymbol(code: string, locale: Locale): string {
  const unit = parseUnit(code);
  if (!unit) return code;
  const written = ({ symbol, zh, exponent, annotation }: UnitPart): string => {
    const name = locale === "en" ? symbol : zh;
    const word = locale === "en" ? annotation : (annotationsZh[annotation] ?? annotation);
    const power = Math.abs(exponent) === 1 ? "" : superscript(Math.abs(exponent));
    if (word === "") return name + power;
    return name === "" ? word + power : `${name}${power}(${word})`;
  };
  const above = unit.parts
    .filter(({ exponent }) => exponent > 0)
    .map(written)
    .join("·");
  const below = unit.parts.filter(({ exponent }) => exponent < 0).map(written);
  if (below.length === 0) return above;
  return `${above === "" ? "1" : above}/${below.length === 1 ? below[0] : `(${below.join("·")})`}`;
}

/** Kinds of quantity by a unit that measures them. Order decides between kinds of one dimension. */
const kinds = {
  dimensionless: "1",
  length: "m",
  area: "m2",
  volume: "m3",
  mass: "g",
  time: "s",
  temperature: "K",
  frequency: "Hz",
  velocity: "m/s",
  acceleration: "m/s2",
  force: "N",
  pressure: "Pa",
  energy: "J",
  power: "W",
  volumeFlow: "m3/s",
  massFlow: "g/s",
  molarFlow: "mol/s",
  temperatureRate: "K/s",
  pressureRate: "Pa/s",
  density: "g/m3",
  areaDensity: "g/m2",
  linearDensity: "g/m",
  amount: "mol",
  numberDensity: "m-3",
  concentration: "mol/m3",
  viscosity: "Pa.s",
  kinematicViscosity: "m2/s",
  current: "A",
  charge: "C",
  voltage: "V",
  resistance: "Ohm",
  conductance: "S",
  conductivity: "S/m",
  illuminance: "lx",
  luminousIntensity: "cd",
  heatFlux: "W/m2",
  specificEnergy: "J/g",
} as const;

export type QuantityKind = keyof typeof kinds;

const dimensionText = ({ dimension }: Unit): string =>
  Object.entries(dimension)
    .map(([base, n]) => `${base}${n}`)
    .sort()
    .join(".");

/** What kind of quantity the unit measures; undefined for an unknown code and for a kind without a name. */
export function quantityKind(code: string): QuantityKind | undefined {
  const unit = parseUnit(code);
  if (!unit) return undefined;
  const wanted = dimensionText(unit);
  return (Object.keys(kinds) as QuantityKind[]).find(
    (kind) => dimensionText(parseUnit(kinds[kind]) ?? unity) === wanted,
  );
}

/** What a value in `from` is multiplied by to be in `to`; undefined where no factor does it (other kind, °C). */
export function conversionFactor(from: string, to: string): number | undefined {
  const [a, b] = [parseUnit(from), parseUnit(to)];
  if (!a || !b || a.special || b.special || dimensionText(a) !== dimensionText(b)) return undefined;
  return a.factor / b.factor;
}
