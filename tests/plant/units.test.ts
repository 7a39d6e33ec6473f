import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { spellings, unitAtoms, unitPrefixes } from "#shared/model/unitAtoms.ts";
import { conversionFactor, parseUnit, quantityKind, ucumFor, unitSymbol } from "#shared/model/units.ts";

test.each([
  ["1", "", "", "dimensionless"],
  ["Cel", "°C", "°C", "temperature"],
  ["kW.h", "kW·h", "kW·h", "energy"],
  ["MJ", "MJ", "MJ", "energy"],
  ["kPa", "kPa", "kPa", "pressure"],
  ["mm[Hg]", "mmHg", "mmHg", "pressure"],
  ["m3/h", "m³/h", "m³/h", "volumeFlow"],
  ["m3{normal}/h", "m³(标况)/h", "m³(normal)/h", "volumeFlow"],
  ["{rev}/min", "转/min", "rev/min", "frequency"],
  ["/min", "1/min", "1/min", "frequency"],
  ["W/m2/K", "W/(m²·K)", "W/(m²·K)", undefined],
  ["kg.m-3", "kg/m³", "kg/m³", "density"],
  ["g/(m2.h)", "g/(m²·h)", "g/(m²·h)", undefined],
  ["10*6/mL", "10⁶/mL", "10⁶/mL", "numberDensity"],
  ["{pcs}", "件", "pcs", "dimensionless"],
  ["d", "天", "d", "time"],
  ["mPa.s", "mPa·s", "mPa·s", "viscosity"],
  ["uS/cm", "µS/cm", "µS/cm", "conductivity"],
])("%s is shown as %s and %s and measures %s", (code, zh, en, kind) => {
  expect([unitSymbol(code, "zh-CN"), unitSymbol(code, "en"), quantityKind(code)]).toEqual([zh, en, kind]);
});

test.each(["", "kWh", "°C", "m//s", "m.", "(m", "m)", "m0", "Cel/min", "Cel2", "kmin", "%{a b}", "0", "__proto__"])(
  "`%s` is no unit",
  (code) => expect(parseUnit(code)).toBeUndefined(),
);

test.each([
  ["MJ", "kW.h", 1 / 3.6],
  ["bar", "kPa", 100],
  ["L/min", "m3/h", 0.06],
  ["t", "kg", 1_000],
  ["%", "1", 0.01],
  ["kW.h", "kW", undefined],
  ["Cel", "K", undefined],
  ["K", "Cel", undefined],
  ["kWh", "kW.h", undefined],
  ["kW.h", "kWh", undefined],
])("%s to %s", (from, to, factor) => {
  if (factor === undefined) expect(conversionFactor(from, to)).toBeUndefined();
  else expect(conversionFactor(from, to)).toBeCloseTo(factor, 12);
});

test.each(Object.entries(spellings))("who writes `%s` is told `%s`, which is a unit", (_written, code) => {
  expect(parseUnit(code)).toBeDefined();
});

test("a valid code is left alone, save those that everybody takes for something else", () => {
  expect(ucumFor("l/h")).toBeUndefined();
  expect(ucumFor("C")).toBe("Cel");
  expect(ucumFor("pH")).toBe("[pH]");
});

describe("every product of atoms", () => {
  const products = Object.entries(unitAtoms).filter(([, atom]) => !atom.special);
  const metric = fc.constantFrom(...products.filter(([, atom]) => atom.metric).map(([code]) => code));
  const prefixed = fc.tuple(fc.constantFrom("", ...Object.keys(unitPrefixes)), metric).map((parts) => parts.join(""));
  const simple = fc.oneof(fc.constantFrom(...products.map(([code]) => code)), prefixed);
  const power = fc.tuple(simple, fc.constantFrom("", "2", "3", "-1")).map((parts) => parts.join(""));

  test("is a unit, and its quotient by itself is a plain number", () => {
    fc.assert(
      fc.property(power, power, (a, b) => {
        expect(parseUnit(`${a}.${b}`)).toBeDefined();
        expect(quantityKind(`${a}/${b}/(${a}/${b})`)).toBe("dimensionless");
        expect(conversionFactor(`${a}.${b}`, `${b}.${a}`)).toBeCloseTo(1, 9);
      }),
    );
  });
});
