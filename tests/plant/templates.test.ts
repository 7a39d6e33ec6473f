import { readdirSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { inForce } from "#shared/model/standard.ts";
import { loadPlant, parsePlant } from "#shared/plant/load.ts";
import type { Plant } from "#shared/plant/plant.ts";
import { formatProblem, type Problem } from "#shared/plant/problem.ts";
import { plantTags } from "#shared/plant/select.ts";
import { gasSetpoints } from "../../ingest/indicators/safety/gasDetectors.ts";
import { energyMeter } from "../../simulators/instruments/energyMeter.ts";
import { gasController } from "../../simulators/instruments/gasController.ts";
import { roomMonitor } from "../../simulators/instruments/roomMonitor.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { goodCase } from "./cases.ts";

const library = new URL("../../shared/plant/templates/library/", import.meta.url).pathname;
const said = (text: string, readText: (path: string) => string) =>
  parsePlant(text, "etc/plant.yaml", {}, readText).problems.map(formatProblem);

function parsed(text: string): Plant {
  const { plant, problems } = parsePlant(text, "plant.yaml", {});
  expect(problems).toEqual([]);
  return plant as Plant;
}

test("a plant with templates is the same as one with everything written out", () => {
  const plant = parsed(goodCase("templates"));
  const out = parsed(stringify(plant));
  expect(out).toEqual(plant);
  expect(plant.devices[1]).toMatchObject({
    protocol: "modbus",
    connection: { transport: "rtu-over-tcp", host: "10.0.0.2", port: 4_001, unit: 7, byteOrder: "CDAB" },
    polling: { maxGap: 4, periodMs: 1_000 },
  });
  expect(plant.devices[2]).toMatchObject({
    connection: { byteOrder: "ABCD" },
    polling: { maxGap: 4, periodMs: 2_000 },
  });
  expect(plantTags(plant).map(({ id }) => id)).toEqual([
    "demo/coating/oven/temperature",
    "demo/coating/oven/power",
    "demo/coating/oven/energy",
    "demo/coating/oven/fan-power",
    "demo/coating/dryer/energy",
  ]);
  expect(plant.lines[0]?.equipment[0]?.tags[3]).toMatchObject({
    device: "meter-2",
    name: { zh: "有功功率", en: "Fan power" },
    unit: "W",
    scale: { factor: 2, offset: 0.5 },
    range: [0, 50],
  });
  expect(Object.keys(plant)).toEqual(["platform", "gateways", "lines", "devices", "shelving"]);
  expect(plant.lines[0]?.equipment.some((equipment) => "tagsFrom" in equipment)).toBe(false);
});

describe("template files", () => {
  const plantText = goodCase("templates").replace(/^templates:[\s\S]*/m, "templateFiles: [kinds/meters.yaml]\n");
  const kinds = goodCase("templates").replace(/^[\s\S]*^templates:/m, "templates:");
  const file = (text: string) => (path: string) => {
    expect(path).toBe(join("etc", "kinds", "meters.yaml"));
    return text;
  };

  test("stand beside the plant file, and mean the same as templates in it", () => {
    const { plant, problems } = parsePlant(plantText, "etc/plant.yaml", {}, file(kinds));
    expect(problems).toEqual([]);
    expect({ ...plant }).toEqual({ ...parsed(goodCase("templates")) });
  });

  test("mistakes name the template file, and the place in the plant file that shows them", () => {
    expect(
      said(plantText, file(kinds.replace("unit: kW.h", "unit: kWh").replace("format: float32", "format: floot"))),
    ).toEqual([
      expect.stringMatching(
        /^etc\/kinds\/meters\.yaml:9:106: templates\[0\]\.tags\[0\]\.address\.format: unknown value `floot`; it is one of/,
      ),
      "etc/kinds/meters.yaml:10:118: templates[0].tags[1].unit: `kWh` is no unit of UCUM (in device `meter-1`, etc/plant.yaml:15:13 and 1 more); write `kW.h`.",
    ]);
  });

  test("aliases in a template file are looked up there", () => {
    const anchored = kinds
      .replace("meaning: power", "meaning: &shared power")
      .replace("{ zh: 有功功率, en: Active power }", "&name { zh: 有功功率, en: Active power }")
      .replace("{ zh: 累计电能, en: Energy }", "*name");
    const { plant, problems } = parsePlant(plantText, "etc/plant.yaml", {}, file(anchored));
    expect(problems).toEqual([]);
    expect(plant?.lines[0]?.equipment[1]?.tags[0]?.name).toEqual({ zh: "有功功率", en: "Active power" });
  });

  test.each([
    ["is empty", "", "etc/kinds/meters.yaml:1:1: templates: the file is empty; write `templates:` in it."],
    [
      "is no YAML",
      "templates: [",
      "etc/kinds/meters.yaml:1:13: templates: not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]; give the keys of one object the same indent.",
    ],
    [
      "has other keys",
      `platform: {}\n${kinds}`,
      "etc/kinds/meters.yaml:1:1: platform: unknown key `platform`; keys that can stand here: `alarmTemplates`.",
    ],
  ])("one that %s is refused", (_, text, expected) => {
    expect(said(plantText, file(text))).toEqual([expected]);
  });

  test("are read beside the plant file on disk", async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, "plant.yaml");
    await writeFile(path, plantText.replace("kinds/meters.yaml", "meters.yaml"));
    await expect(loadPlant(path, {})).rejects.toMatchObject({
      code: "CONFIG",
      detail: expect.stringContaining(`templateFiles[0]: \`${join(folder.path, "meters.yaml")}\` cannot be read`),
    });
    await writeFile(join(folder.path, "meters.yaml"), kinds);
    expect(plantTags(await loadPlant(path, {}))).toHaveLength(5);
  });
});

describe("the library", () => {
  const files = readdirSync(library);

  const useOf = (template: string, i: number) => ({
    device: { id: `d${i}`, gateway: "edge", template, connection: { host: "10.0.0.1" } },
    equipment: { id: `e${i}`, name: { zh: "设备" }, kind: "meter", tagsFrom: [{ device: `d${i}` }] },
  });

  /** A plant with one device of each template. */
  function plantOf(templates: readonly string[]): Plant {
    const uses = templates.map(useOf);
    return parsed(
      stringify({
        platform: { id: "demo", name: { zh: "平台" } },
        gateways: [{ id: "edge" }],
        templateFiles: files.map((name) => join(library, name)),
        devices: uses.map(({ device }) => device),
        lines: [{ id: "line", name: { zh: "线" }, equipment: uses.map(({ equipment }) => equipment) }],
      }),
    );
  }

  const addressesOf = (template: string) =>
    Object.fromEntries(
      plantTags(plantOf([template])).map(({ config, device }) => [
        config.id,
        {
          ...config.address,
          factor: config.scale?.factor,
          byteOrder: "byteOrder" in device.connection ? device.connection.byteOrder : undefined,
        },
      ]),
    );
  const pointOf = ({ table, register, format, bit, factor, byteOrder = "ABCD" }: Record<string, unknown>) => ({
    table,
    register,
    format,
    bit,
    factor,
    byteOrder,
  });

  test("every template of every file is used without a mistake", async () => {
    const ids = [
      ...[
        "meter-float",
        "meter-watt-hours",
        "meter-scaled",
        "gas-controller",
        "temperature-humidity-sht20",
        "room-air",
      ],
    ];
    expect(plantOf(ids).lines[0]?.equipment.every(({ tags }) => tags.length > 1)).toBe(true);
  });

  test.each([
    ["meter-float", energyMeter("d", 1, "A")],
    ["meter-watt-hours", energyMeter("d", 1, "B")],
    ["meter-scaled", energyMeter("d", 1, "C")],
    ["room-air", roomMonitor("d", 1)],
    [
      "gas-controller",
      Object.fromEntries(
        [0, 1, 2, 3].flatMap((c) => {
          const { concentration, warning, alarm, fault } = gasController("d", 1);
          return [
            [`lel${c + 1}`, concentration(c)],
            [`warning${c + 1}`, warning(c)],
            [`alarm${c + 1}`, alarm(c)],
            [`fault${c + 1}`, fault(c)],
          ];
        }),
      ),
    ],
  ])("%s is the register map of the instrument that it names", (template, points) => {
    const expected = Object.entries(points).map(([id, point]) => [id, pointOf({ ...point })]);
    expect(addressesOf(template)).toEqual(Object.fromEntries(expected));
  });
});

describe("alarm templates", () => {
  const alarmsOf = (text: string) => parsed(text).lines.flatMap((line) => line.alarms);

  test("each use makes the template's rules with what it gives, in both languages, and what differs here", () => {
    const made = alarmsOf(goodCase("alarm-kinds")).slice(-2);
    expect(made).toMatchObject([
      {
        id: "jacket-high",
        name: { zh: "夹套高", en: "Jacket high" },
        tag: "reactor/temperature",
        limit: 110,
        deadband: 3,
        suppress: { alarms: ["hot-hot"] },
      },
      { id: "jacket-silent", name: { zh: "夹套无值" }, kind: "stale", afterMs: 60_000 },
    ]);
    expect(alarmsOf(stringify(parsed(goodCase("alarm-kinds"))))).toEqual(alarmsOf(goodCase("alarm-kinds")));
  });

  test("twenty gas detectors are one line each, with the two levels of GB/T 50493", () => {
    const detector = (n: number) =>
      `      - { template: gas-detector, id: gas-${n}, name: { zh: ${n} 号 }, with: { value: reactor/temperature } }`;
    const text = goodCase("alarm-kinds")
      .replace(
        /^ {4}alarms:[\s\S]*/m,
        `    alarmsFrom:\n${Array.from({ length: 20 }, (_, n) => detector(n)).join("\n")}\n`,
      )
      .replace("lines:", `templateFiles: [${library}alarm-rules.yaml]\nlines:`);
    const alarms = alarmsOf(text);
    expect(alarms.length).toBe(60);
    const levels = inForce(gasSetpoints, "2026-11-26").values.flammable;
    const limits = alarms.slice(0, 2).map((rule) => ("limit" in rule ? rule.limit : null));
    expect(limits).toEqual([levels?.level1.atMost, levels?.level2.atMost]);
    expect(alarms[0]?.suppress?.alarms).toEqual([alarms[1]?.id]);
  });

  test("no rule of the library lacks what an operator must know", () => {
    const { plant, warnings } = parsePlant(readFileSync("plant.example.yaml", "utf8"), "plant.example.yaml", {}) as {
      plant: Plant;
      warnings: readonly Problem[];
    };
    expect(warnings.map(formatProblem)).toEqual([]);
    const silent = goodCase("alarm-kinds").replace("kind: highHigh,", "kind: highHigh, priority: critical,");
    const told = parsePlant(silent, "plant.yaml", {}) as { warnings: readonly Problem[] };
    expect(told.warnings.map(formatProblem)).toEqual([
      expect.stringMatching(
        /^plant\.yaml:22:9: .*`hot-hot` of priority critical lacks cause, consequence, response, timeToRespondMinutes;/,
      ),
    ]);
    expect(plant.lines.length).toBe(3);
  });
});
