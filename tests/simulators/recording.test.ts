import { readFile } from "node:fs/promises";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CodedError } from "#shared/model/errors.ts";
import { parsePlant } from "#shared/plant/load.ts";
import { parseColumnMap } from "../../simulators/replay/columnMap.ts";
import { parseCsv } from "../../simulators/replay/csv.ts";
import { timeReader } from "../../simulators/replay/localTime.ts";
import { onModbus, plainMap, recordingOf } from "../../simulators/replay/recording.ts";
import { readRecording, recordingPlantFile } from "../../simulators/replay/source.ts";
import { recordedColumns, recordingFile, recordingNames, recordingsMissing } from "../fakes/recordings.ts";

const map = (more = "") => `
timeZone: Asia/Shanghai
line: { id: bench, name: { zh: 台架 } }
equipment: [{ id: pump, name: { zh: 泵 }, kind: pump }]
columns:
  Flow Rate: { equipment: pump, tag: flow, name: { zh: 流量, en: flow }, unit: L/min, range: [0, 50] }
  label: { equipment: pump, tag: label, name: { zh: 标注 }, type: int, optional: true }
${more}`;
const csv = "time;Flow Rate;label\n2020-02-08 13:30:47;32.5;0\n2020-02-08 13:30:49;;1.0\n";
const recording = (text: string, mapText = map()) =>
  recordingOf(parseCsv(text, "a.csv"), parseColumnMap(mapText, "map.yaml"), "a.csv");
const refusal = (body: () => unknown): string => {
  try {
    body();
  } catch (error) {
    if (error instanceof CodedError && error.code === "CONFIG") return error.detail;
  }
  return "not refused";
};

describe("csv", () => {
  test.each([
    ["semicolons", "a;b\n1;2\n", [["1", "2"]]],
    [
      "commas, Windows lines, byte order mark",
      "\uFEFFa,b\r\n1,2\r\n3,4",
      [
        ["1", "2"],
        ["3", "4"],
      ],
    ],
    ["quotes", 'a,b\n"1,5","say ""x"""\n', [["1,5", 'say "x"']]],
    ["empty lines", "a,b\n\n1,2\n\n", [["1", "2"]]],
  ])("%s", (_, text, rows) => {
    expect(parseCsv(text, "a.csv").rows.map(({ cells }) => cells)).toEqual(rows);
  });

  test.each([
    ["a row of another length", "a,b\n1,2\n1,2,3\n", "a.csv:3: 3 cells, the header has 2."],
    ["a name that comes twice", "a,b,b\n1,2,3\n", "a.csv:1: there are two columns `b`."],
    ["no header", "", "a.csv:1: a header with a time column and at least one more is needed."],
  ])("%s is refused with its line", (_, text, detail) => expect(refusal(() => parseCsv(text, "a.csv"))).toBe(detail));
});

describe("times", () => {
  test.each([
    ["Asia/Shanghai", "2020-02-08 13:30:47", "2020-02-08T05:30:47.000Z"],
    ["Asia/Shanghai", "2020-02-08T13:30:47.25", "2020-02-08T05:30:47.250Z"],
    ["Asia/Shanghai", "2020-02-08 13:30:47Z", "2020-02-08T13:30:47.000Z"],
    ["Asia/Shanghai", "2020-02-08 13:30:47-02:30", "2020-02-08T16:00:47.000Z"],
    ["Europe/Berlin", "2024-03-31 01:59:59", "2024-03-31T00:59:59.000Z"],
    ["Europe/Berlin", "2024-03-31 03:00:00", "2024-03-31T01:00:00.000Z"],
    ["America/New_York", "2024-07-01 00:00:00", "2024-07-01T04:00:00.000Z"],
  ])("%s %s", (zone, text, utc) => expect(new Date(timeReader(zone)(text) ?? 0).toISOString()).toBe(utc));

  test("every instant that a zone shows comes back", () => {
    const shown = new Intl.DateTimeFormat("sv-SE", {
      timeZone: "Asia/Shanghai",
      dateStyle: "short",
      timeStyle: "medium",
    });
    const read = timeReader("Asia/Shanghai");
    fc.assert(
      fc.property(fc.integer({ min: 694_224_000, max: 4_000_000_000 }), (s) => {
        expect(read(shown.format(s * 1_000))).toBe(s * 1_000);
      }),
    );
  });

  test("what is no time or no zone is refused", () => {
    expect(timeReader("Asia/Shanghai")("8.2.2020")).toBeUndefined();
    expect(refusal(() => timeReader("Mars/Base"))).toMatch("`Mars/Base` is no time zone");
  });
});

describe("recording", () => {
  test("rows have their own times; an empty cell is bad, never 0", () => {
    expect(recording(csv).rows).toEqual([
      {
        at: Date.UTC(2020, 1, 8, 5, 30, 47),
        readings: [
          { value: 32.5, quality: "good" },
          { value: 0, quality: "good" },
        ],
      },
      {
        at: Date.UTC(2020, 1, 8, 5, 30, 49),
        readings: [
          { value: null, quality: "bad" },
          { value: 1, quality: "good" },
        ],
      },
    ]);
  });

  test("an optional column may be missing, and then has no signal", () => {
    const { signals } = recording("time;Flow Rate\n2020-02-08 13:30:47;1\n");
    expect(signals.map(({ id }) => id)).toEqual(["flow"]);
  });

  test("over Modbus column k is a float32 at register 2k", () => {
    expect(onModbus(recording(csv).signals).map(({ access }) => access)).toMatchObject([
      { table: "input", register: 0, format: "float32" },
      { table: "input", register: 2, format: "float32" },
    ]);
  });

  test.each([
    [
      "a row that is not later",
      `${csv}2020-02-08 13:30:49;1;1\n`,
      "a.csv:4: 2020-02-08 13:30:49 is not later than the row before",
    ],
    ["a time that is none", "time;Flow Rate\nnow;1\n", "a.csv:2: `now` is no time"],
    ["text for a number", "time;Flow Rate\n2020-02-08 13:30:49;much\n", "a.csv:2: `much` is no number."],
    ["a missing column", "time;Other\n2020-02-08 13:30:49;1\n", "there is no column `Flow Rate`"],
    ["no rows", "time;Flow Rate\n", "there are no rows"],
  ])("%s is refused", (_, text, detail) => expect(refusal(() => recording(text))).toContain(detail));

  test.each([
    ["an unknown key", map("speed: 3"), "map.yaml: speed: this key is unknown"],
    [
      "an unknown equipment",
      map().replace("{ equipment: pump, tag: flow", "{ equipment: fan, tag: flow"),
      "columns.Flow Rate: there is no equipment `fan`",
    ],
    ["a turned range", map().replace("[0, 50]", "[50, 0]"), "columns.Flow Rate.range: [low, high]"],
    [
      "a missing name",
      map().replace("name: { zh: 标注 }", "name: { en: label }"),
      "columns.label.name.zh: text is needed",
    ],
    ["no YAML", "a: [", "map.yaml: "],
  ])("a map with %s is refused", (_, text, detail) => expect(refusal(() => recording(csv, text))).toContain(detail));

  test("without a map every column of numbers is served under its own name", () => {
    const table = parseCsv("t,Flow Rate,note,Flow-Rate,°C\n2020-02-08 13:30:47,1,x,2,3\n", "a.csv");
    const { signals, rows } = recordingOf(table, plainMap(table), "a.csv");
    expect(signals.map(({ id }) => id)).toEqual(["Flow-Rate", "column-4", "C"]);
    expect(rows[0].readings.map(({ value }) => value)).toEqual([1, 2, 3]);
  });
});

describe.skipIf(recordingsMissing)(`recordings of a real test bench ${recordingsMissing ?? ""}`, () => {
  test.each(recordingNames)("%s is recognised, read to the last cell, and its plant file is right", async (name) => {
    const { rows, signals, ...rest } = await readRecording(recordingFile(name), undefined);
    const columns = recordedColumns(name);
    expect(signals.length).toBe(columns.size);
    const flow = signals.findIndex(({ id }) => id === "flow");
    expect(rows.map(({ at, readings }) => ({ atMs: at, value: readings[flow]?.value }))).toEqual(
      columns.get("Volume Flow RateRMS"),
    );
    const text = recordingPlantFile({ rows, signals, ...rest });
    const { plant, problems } = parsePlant(text, "bench.yaml", {});
    expect(problems).toEqual([]);
    expect(plant?.lines[0]?.equipment.map(({ id }) => id)).toEqual(["pump", "motor", "loop"]);
    const tags = plant?.lines.flatMap(({ equipment }) => equipment.flatMap((one) => one.tags)) ?? [];
    expect(tags.every(({ report, gapAfterMs }) => report === "every" && gapAfterMs === 1_500)).toBe(true);
    expect(plant?.lines[0]?.equipment.every(({ state }) => state === undefined)).toBe(true);
  });
});

test("the built-in map knows nothing that the benchmark's header lacks", async () => {
  const text = await readFile(new URL("../../simulators/replay/maps/testBench.yaml", import.meta.url), "utf8");
  expect([...parseColumnMap(text, "testBench.yaml").columns.keys()]).toEqual([
    "Accelerometer1RMS",
    "Accelerometer2RMS",
    "Current",
    "Pressure",
    "Temperature",
    "Thermocouple",
    "Voltage",
    "Volume Flow RateRMS",
    "anomaly",
    "changepoint",
  ]);
});
