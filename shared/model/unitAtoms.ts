/**
 * One atom of UCUM (Unified Code for Units of Measure, table of case-sensitive codes). `is` gives its value as a
 * factor and a code in other atoms; a base unit has none. Only what a pilot line measures is listed.
 */
export interface UnitAtom {
  /** As pages show it. */
  readonly symbol: string;
  /** Where Chinese pages show something else. */
  readonly zh?: string;
  /** Takes a prefix such as k or m. */
  readonly metric: boolean;
  readonly is?: readonly [factor: number, code: string];
  /** A scale with a zero of its own or a logarithm: stands alone, never in a product (UCUM §21). */
  readonly special?: true;
}

const metric = (symbol: string, is?: UnitAtom["is"]): UnitAtom => ({ symbol, metric: true, ...(is && { is }) });
const plain = (symbol: string, factor: number, code: string, zh?: string): UnitAtom => ({
  symbol,
  metric: false,
  is: [factor, code],
  ...(zh && { zh }),
});
const special = (symbol: string, code: string): UnitAtom => ({ symbol, metric: false, is: [1, code], special: true });

export const unitAtoms: Readonly<Record<string, UnitAtom>> = {
  m: metric("m"),
  g: metric("g"),
  s: metric("s"),
  A: metric("A"),
  K: metric("K"),
  mol: metric("mol"),
  cd: metric("cd"),

  "10*": plain("10", 10, "1"),
  "10^": plain("10", 10, "1"),
  "%": plain("%", 1e-2, "1"),
  "[ppth]": plain("‰", 1e-3, "1"),
  "[ppm]": plain("ppm", 1e-6, "1"),
  "[ppb]": plain("ppb", 1e-9, "1"),
  rad: metric("rad", [1, "1"]),
  sr: metric("sr", [1, "1"]),
  deg: plain("°", Math.PI / 180, "rad"),

  min: plain("min", 60, "s"),
  h: plain("h", 3_600, "s"),
  d: plain("d", 86_400, "s", "天"),
  wk: plain("wk", 7, "d", "周"),
  mo: plain("mo", 30.4375, "d", "月"),
  a: plain("a", 365.25, "d", "年"),

  Hz: metric("Hz", [1, "s-1"]),
  "[g]": metric("g", [9.80665, "m/s2"]),
  N: metric("N", [1, "kg.m/s2"]),
  Pa: metric("Pa", [1, "N/m2"]),
  bar: metric("bar", [1e5, "Pa"]),
  atm: plain("atm", 101_325, "Pa"),
  "[psi]": plain("psi", 6_894.757_293_168, "Pa"),
  "m[Hg]": metric("mHg", [133_322.387_415, "Pa"]),
  "[in_i'Hg]": plain("inHg", 3_386.388_640_341, "Pa"),
  "m[H2O]": metric("mH₂O", [9_806.65, "Pa"]),
  J: metric("J", [1, "N.m"]),
  W: metric("W", [1, "J/s"]),
  eV: metric("eV", [1.602_176_634e-19, "J"]),
  cal: metric("cal", [4.184, "J"]),
  "[Btu]": plain("Btu", 1_055.055_852_62, "J"),
  t: metric("t", [1e6, "g"]),
  L: metric("L", [1e-3, "m3"]),
  l: metric("L", [1e-3, "m3"]),
  ar: metric("a", [100, "m2"]),
  P: metric("P", [0.1, "Pa.s"]),
  St: metric("St", [1e-4, "m2/s"]),
  kat: metric("kat", [1, "mol/s"]),
  U: metric("U", [1e-6 / 60, "mol/s"]),
  "[IU]": metric("IU", [1, "1"]),
  "[CFU]": plain("CFU", 1, "1"),

  C: metric("C", [1, "A.s"]),
  V: metric("V", [1, "W/A"]),
  Ohm: metric("Ω", [1, "V/A"]),
  S: metric("S", [1, "A/V"]),
  F: metric("F", [1, "C/V"]),
  Wb: metric("Wb", [1, "V.s"]),
  T: metric("T", [1, "Wb/m2"]),
  H: metric("H", [1, "Wb/A"]),
  lm: metric("lm", [1, "cd.sr"]),
  lx: metric("lx", [1, "lm/m2"]),
  Bq: metric("Bq", [1, "s-1"]),
  Gy: metric("Gy", [1, "J/kg"]),

  "[in_i]": plain("in", 0.0254, "m"),
  "[ft_i]": plain("ft", 0.3048, "m"),
  "[gal_us]": plain("gal", 3.785_411_784e-3, "m3"),
  "[lb_av]": plain("lb", 453.592_37, "g"),

  Cel: { ...special("°C", "K"), metric: true },
  "[degF]": special("°F", "K"),
  "[pH]": special("pH", "1"),
  B: { ...special("B", "1"), metric: true },
  "B[SPL]": { ...special("B", "1"), metric: true },
};

export const unitPrefixes: Readonly<Record<string, { readonly factor: number; readonly symbol: string }>> = {
  da: { factor: 1e1, symbol: "da" },
  T: { factor: 1e12, symbol: "T" },
  G: { factor: 1e9, symbol: "G" },
  M: { factor: 1e6, symbol: "M" },
  k: { factor: 1e3, symbol: "k" },
  h: { factor: 1e2, symbol: "h" },
  d: { factor: 1e-1, symbol: "d" },
  c: { factor: 1e-2, symbol: "c" },
  m: { factor: 1e-3, symbol: "m" },
  u: { factor: 1e-6, symbol: "µ" },
  n: { factor: 1e-9, symbol: "n" },
  p: { factor: 1e-12, symbol: "p" },
};

/** Annotations that have a word of their own in Chinese. Others are shown as they are written. */
export const annotationsZh: Readonly<Record<string, string>> = {
  rev: "转",
  pcs: "件",
  batch: "批",
  cells: "个细胞",
  normal: "标况",
  coal: "标准煤",
  CO2: "CO₂",
  CNY: "元",
  alarm: "条",
  amendment: "次",
  event: "次",
  excursion: "次",
  incident: "起",
  item: "项",
  organisation: "家",
  project: "个",
  tag: "个",
};

/** What people write, and the UCUM code for it. `C` and `pH` are codes too, of coulomb and picohenry. */
export const spellings: Readonly<Record<string, string>> = {
  "": "1",
  "-": "1",
  C: "Cel",
  "°C": "Cel",
  "℃": "Cel",
  degC: "Cel",
  "°F": "[degF]",
  "Cel/min": "K/min",
  "°C/min": "K/min",
  kWh: "kW.h",
  kW·h: "kW.h",
  kwh: "kW.h",
  Wh: "W.h",
  MWh: "MW.h",
  kVA: "kV.A",
  VA: "V.A",
  var: "V.A{reactive}",
  kvar: "kV.A{reactive}",
  "m³": "m3",
  "m^3": "m3",
  "m²": "m2",
  "m³/h": "m3/h",
  "Nm3/h": "m3{normal}/h",
  "Nm³/h": "m3{normal}/h",
  "l/h": "L/h",
  lpm: "L/min",
  rpm: "{rev}/min",
  RPM: "{rev}/min",
  "r/min": "{rev}/min",
  "rev/min": "{rev}/min",
  pH: "[pH]",
  ppm: "[ppm]",
  ppb: "[ppb]",
  psi: "[psi]",
  mmHg: "mm[Hg]",
  mmH2O: "mm[H2O]",
  µm: "um",
  μm: "um",
  "µS/cm": "uS/cm",
  "μS/cm": "uS/cm",
  µL: "uL",
  Ω: "Ohm",
  ohm: "Ohm",
  sec: "s",
  hr: "h",
  hour: "h",
  day: "d",
  pct: "%",
  "％": "%",
  mPa·s: "mPa.s",
  cP: "mPa.s",
  CFU: "[CFU]",
  IU: "[IU]",
  inHg: "[in_i'Hg]",
};
