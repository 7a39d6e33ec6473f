import { describe, expect, test } from "vitest";
import { parsePlant } from "#shared/plant/load.ts";
import { placeOf } from "#shared/plant/protocols/modbusAddress.ts";
import { plantTags } from "#shared/plant/select.ts";
import { goodCase } from "./cases.ts";

describe("Modicon numbers", () => {
  test.each([
    ["40001", { table: "holding", register: 0 }],
    ["49999", { table: "holding", register: 9_998 }],
    ["400001", { table: "holding", register: 0 }],
    ["465536", { table: "holding", register: 65_535 }],
    ["00001", { table: "coil", register: 0 }],
    ["065536", { table: "coil", register: 65_535 }],
    ["10001", { table: "discrete", register: 0 }],
    ["30010", { table: "input", register: 9 }],
    ["40000", undefined],
    ["000000", undefined],
    ["20001", undefined],
  ])("%s is %j", (modicon, place) => {
    expect(placeOf(modicon)).toEqual(place);
  });
});

test("a plant's addresses come out by table and register, its markers as the format reads them", () => {
  const { plant } = parsePlant(goodCase("modbus-addresses"), "plant.yaml", {});
  if (!plant) throw new Error("The case file is refused.");
  const tags = new Map(plantTags(plant).map(({ config }) => [config.id, config]));
  const places = [...tags].map(([id, { address }]) => [id, address.table, address.register]);
  expect(places).toEqual([
    ["first-holding", "holding", 0],
    ["last-of-5", "holding", 9_998],
    ["first-of-6", "holding", 0],
    ["last-of-6", "holding", 65_535],
    ["input-first", "input", 0],
    ["input-last", "input", 65_535],
    ["coil-first", "coil", 0],
    ["coil-quoted", "coil", 0],
    ["coil-of-6", "coil", 99],
    ["discrete-last", "discrete", 65_535],
    ["by-table", "holding", 40_001],
    ["serial-number", "holding", 1_000],
    ["top-bits", "holding", 2_000],
    ["all-of-them", "holding", 2_000],
    ["marked", "holding", 3_000],
    ["wide", "holding", 3_001],
    ["decimal", "holding", 3_003],
  ]);
  expect([...tags.values()].some(({ address }) => "modicon" in address)).toBe(false);
  expect(tags.get("marked")?.invalid).toEqual([-32_768, -32_768, -1]);
  expect(tags.get("wide")?.invalid).toEqual([Math.fround(-9_999.9), 0.5]);
});
