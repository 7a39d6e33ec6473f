import { standardUnits } from "node-opcua";
import { describe, expect, test } from "vitest";
import { quantityKind } from "#shared/model/units.ts";
import { parsePlant } from "#shared/plant/load.ts";
import { parseProfile } from "#shared/plant/protocols/opcuaProfile.ts";
import { profilesText, profileText } from "../../gateway/browse/profileText.ts";
import { textsOf, unitOf } from "../../gateway/drivers/opcua/browse/properties.ts";
import { commonCodeOf, commonCodes, ucumOfCommonCode } from "../../gateway/drivers/opcua/euUnits.ts";
import { limitsOf, loadProfiles, pollingOf, profileFor } from "../../gateway/drivers/opcua/profiles/load.ts";
import { engineeringUnit } from "../../simulators/faces/opcua/units.ts";

const profiles = await loadProfiles();
const server = (manufacturer: string, product: string) => ({ manufacturer, product, version: "" });

describe.each(profiles.map((profile) => [profile.name, profile] as const))("profile %s", (name, profile) => {
  test("says how it is recognised, and each fact where it comes from", () => {
    expect(name).toMatch(/^[a-z0-9-]+$/);
    const patterns = Object.values(profile.match);
    expect(patterns.length).toBeGreaterThan(0);
    for (const pattern of patterns) expect(() => new RegExp(pattern)).not.toThrow();
    for (const { says, source } of profile.facts) {
      expect(says).toMatch(/^[A-Z].*\.$/);
      // Something that can be looked up: an issue, a file, a measurement of our own.
      expect(source).toMatch(/^GitHub issue [\w-]+\/[\w.-]+#\d+$|\.(ts|go|md|py)\b|^own measurement|^FreeOpcUa /);
    }
  });

  test("proposes polling that the plant model takes", () => {
    const polling = JSON.stringify(pollingOf(profile));
    const device = `{ id: d, gateway: g, protocol: opcua, connection: { endpoint: "opc.tcp://h", security: none }, polling: ${polling} }`;
    const text = `platform: { id: p, name: { zh: 平台 } }\ngateways: [{ id: g }]\ndevices: [${device}]\nlines: []`;
    expect(parsePlant(text, "p", {}).problems).toEqual([]);
  });
});

describe("profiles", () => {
  test.each([
    ["Siemens AG", "SIMATIC S7-1200", "siemens-s7-1200"],
    ["Siemens AG", "S7-1500", "siemens-s7-1500"],
    ["Kepware Technologies", "KEPServerEX V6", "kepserverex"],
    ["Inductive Automation", "Ignition OPC UA Server", "ignition"],
    ["3S - Smart Software Solutions GmbH", "CODESYS Control Win V3", "codesys"],
    ["open62541", "open62541 OPC UA Server", "open62541"],
    ["NodeOPCUA : MIT Licence ( see http://node-opcua.github.io/)", "NodeOPCUA-Server", "node-opcua"],
    ["FreeOpcUa", "FreeOpcUa Python Server", "asyncua"],
    ["Pilotline", "Pilotline simulators", "pilotline-simulators"],
    ["Somebody", "1500 Gadget", undefined],
    ["", "", undefined],
  ])("%s, %s is %s", (manufacturer, product, name) => {
    expect(profileFor(profiles, server(manufacturer, product))?.name).toBe(name);
  });

  test("are listed with what they propose, and each shows its sources", () => {
    const list = profilesText(profiles);
    for (const { name } of profiles) expect(list).toContain(name);
    const [profile] = profiles.filter(({ name }) => name === "siemens-s7-1200");
    expect(list).toContain("itemsPerCall 100, deadband gateway");
    expect(profile && profileText(profile)).toContain("109755846");
    expect(profile && limitsOf(profile)).toMatchObject({ monitoredItems: 1000, sessions: 10 });
  });

  test("a mistake in a file is named with line and key", () => {
    const text = 'title: T\nvalidFor: V\nmatch: { product: x }\nfacts:\n  - says: "It is."\n    basis: rumour\n';
    const { profile, problems } = parseProfile(text, "x.yaml");
    expect(profile).toBeNull();
    expect(problems).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ file: "x.yaml", line: 6, key: "facts[0].basis" }),
        expect.objectContaining({ line: 5, what: expect.stringContaining("source") }),
      ]),
    );
    expect(parseProfile("", "x.yaml").problems).toMatchObject([{ what: "the file is empty" }]);
  });
});

describe("engineering units", () => {
  test("every common code of the table has a UCUM code that the plant model knows", () => {
    for (const code of commonCodes)
      expect([code, quantityKind(ucumOfCommonCode(code) ?? "?")]).not.toContain(undefined);
  });

  test("agree with those that node-opcua serves and that the simulators serve", () => {
    const symbols = Object.values(standardUnits).flatMap(({ unitId, namespaceUri, displayName }) => {
      const code = commonCodeOf(unitId, namespaceUri ?? "");
      const ucum = code && ucumOfCommonCode(code);
      return ucum ? [[displayName.text, ucum] as const] : [];
    });
    expect(symbols.length).toBeGreaterThan(25);
    // What its symbol says alone is the same, where the symbol says something to us.
    for (const [symbol, ucum] of symbols) {
      const byName = unitOf({ unitId: 0, namespaceUri: "", displayName: { text: symbol } })?.ucum;
      if (byName !== undefined) expect([symbol, byName]).toEqual([symbol, ucum]);
    }
    for (const ucum of ["Cel", "kPa", "kW.h", "m3/h", "kg/h", "mg/m3", "[pH]", "{rev}/min", "N.m", "um"]) {
      expect(ucumOfCommonCode(engineeringUnit(ucum).commonCode)).toBe(ucum);
    }
  });

  test("4408652 is CEL, and a number of another namespace is no code", () => {
    expect(commonCodeOf(4408652, "http://www.opcfoundation.org/UA/units/un/cefact")).toBe("CEL");
    expect(commonCodeOf(4408652, "urn:maker")).toBeUndefined();
    expect(commonCodeOf(-1, "http://www.opcfoundation.org/UA/units/un/cefact")).toBeUndefined();
  });

  test("a unit that nobody knows keeps its symbol", () => {
    expect(unitOf({ unitId: 7, namespaceUri: "urn:maker", displayName: { text: "furlong²" } })).toEqual({
      symbol: "furlong²",
      commonCode: undefined,
      ucum: undefined,
    });
    expect(unitOf(null)).toBeUndefined();
  });

  test("texts of 64-bit enumeration values, of places, of two states, and of none", () => {
    const of = (properties: Readonly<Record<string, unknown>>) => textsOf((name) => properties[name]);
    const entry = (value: readonly number[], text: string) => ({ value, displayName: { text } });
    expect(of({ EnumValues: [entry([0, 5], "five"), entry([0xffffffff, 0xffffffff], "minus one")] })).toEqual({
      "5": "five",
      "-1": "minus one",
    });
    expect(of({ EnumStrings: [{ text: "a" }, { text: "b" }] })).toEqual({ "0": "a", "1": "b" });
    expect(of({ TrueState: { text: "open" }, FalseState: { text: "shut" } })).toEqual({ false: "shut", true: "open" });
    expect(of({})).toBeUndefined();
  });
});
