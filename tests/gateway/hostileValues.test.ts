// F60 of the fault matrix: register contents that are no measurement, through driver and acquisition.
import { expect, test } from "vitest";
import { acquirePlant, endOf, type PlacedPoint, scenario, startHostileModbus } from "./hostileRig.ts";

const placed = (register: number, format: PlacedPoint["format"]): PlacedPoint => ({
  unit: 1,
  table: "holding",
  register,
  ...(format ? { format } : {}),
});

/** The registers that simulators/faults/scenarios/modbus-values.yaml speaks of, and two that it leaves alone. */
const points: readonly PlacedPoint[] = [
  placed(0, "float32"),
  placed(10, "float64"),
  placed(20, "int64"),
  placed(30, "int16"),
  placed(40, "uint16"),
  placed(41, "uint16"),
  placed(50, "uint16"),
];
/** "OK" is 0x4f4b. */
const usual = [21.5, 33.25, 7, -5, 0x4f4b, 0x3031, 99];

const tags = [
  "id: f32, address: { table: holding, register: 0, format: float32 }, range: [1, 300]",
  "id: f64, address: { table: holding, register: 10, format: float64 }, range: [1, 300]",
  "id: i64, type: int, address: { table: holding, register: 20, format: int64 }",
  "id: i16, type: int, address: { table: holding, register: 30, format: int16 }, invalid: [-32768, -1]",
  "id: text, type: string, address: { table: holding, register: 40, format: string, length: 2 }",
  "id: other, type: int, address: { table: holding, register: 50, format: uint16 }",
];

/** What each tag is reported as from the second on at which steps of the scenario begin. */
const expected: readonly (readonly [at: number, said: Readonly<Record<string, unknown>>])[] = [
  [10, { f32: "NOT_A_NUMBER", f64: "NOT_A_NUMBER", i64: "9007199254740993", i16: "INVALID_MARKER", text: "A" }],
  [
    30,
    { f32: "NOT_A_NUMBER", f64: "NOT_A_NUMBER", i64: "-9007199254740993", i16: "INVALID_MARKER", text: "\u{1F321}" },
  ],
  [50, { f32: "NOT_A_NUMBER", i64: "9223372036854775807" }],
  // Minus zero is a number, and below the range.
  [70, { f32: [-0, "OUT_OF_RANGE"] }],
  // Another byte order makes other numbers, which only the measuring range can tell.
  [90, { f32: "OUT_OF_RANGE in doubt", f64: "OUT_OF_RANGE in doubt" }],
];

test("F60: what is no measurement is bad with its reason, what is one stays exact, and the other tags go on", async () => {
  const what = await scenario("modbus-values");
  await using hostile = await startHostileModbus(what, points);
  hostile.show(usual);
  await using acquired = await acquirePlant(
    [
      `id: d, protocol: modbus, connection: { host: 127.0.0.1, port: ${hostile.port}, timeoutMs: 5000 }, polling: { periodMs: 50 }`,
    ],
    tags.map((tag) => `${tag}, device: d`),
  );
  const said = (id: string): unknown => {
    const last = acquired.last(id);
    if (last?.quality === "bad") return last.reason;
    if (last?.quality === "uncertain") {
      return Object.is(last.value, -0) ? [last.value, last.reason] : `${last.reason} in doubt`;
    }
    return last?.value;
  };
  const isUsual = () =>
    said("f32") === 21.5 &&
    said("f64") === 33.25 &&
    said("i64") === 7 &&
    said("i16") === -5 &&
    said("text") === "OK01" &&
    said("other") === 99;
  await acquired.until(isUsual);
  for (const [at, each] of expected) {
    await hostile.to(at);
    const now = () => Object.fromEntries(Object.keys(each).map((id) => [id, said(id)]));
    await expect.poll(now, { timeout: 20_000 }).toEqual(each);
    expect(said("other")).toBe(99);
    await hostile.to(at + 10);
    await acquired.until(isUsual);
  }
  // Frozen registers are good, and simply stand still.
  const frozen = what.steps.at(-1)!;
  await hostile.to(frozen.at);
  hostile.show(usual.map((value, i) => (i === 6 ? 100 : value)));
  const shown = Date.now();
  await acquired.until(() => (acquired.status("d").lastData ?? 0) > shown + 100);
  await hostile.to(endOf(frozen));
  hostile.show(usual.map((value, i) => (i === 6 ? 101 : value)));
  await acquired.until(() => said("other") === 101);
  expect([...new Set(acquired.of("other").map(({ value }) => value))]).toEqual([99, 101]);
  // Never a number in a bad sample, never a zero where there was none.
  for (const { id } of tags.map((tag) => ({ id: tag.slice(4, tag.indexOf(",")) }))) {
    for (const { quality, value } of acquired.of(id)) if (quality === "bad") expect(value).toBeNull();
  }
}, 120_000);

test("F60: the tenth million and the largest safe integer come through exactly", async () => {
  await using hostile = await startHostileModbus({ steps: [] }, [placed(0, "int64"), placed(4, "int64")]);
  hostile.show([Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]);
  await using acquired = await acquirePlant(
    [`id: d, protocol: modbus, connection: { host: 127.0.0.1, port: ${hostile.port} }, polling: { periodMs: 50 }`],
    [0, 4].map((at) => `id: r${at}, type: int, device: d, address: { table: holding, register: ${at}, format: int64 }`),
  );
  await acquired.until(() => acquired.last("r4") !== undefined);
  expect([acquired.last("r0")?.value, acquired.last("r4")?.value]).toEqual([
    Number.MAX_SAFE_INTEGER,
    Number.MIN_SAFE_INTEGER,
  ]);
}, 60_000);
