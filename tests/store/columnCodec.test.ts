import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { errorCodes } from "#shared/model/errors.ts";
import { decodeBlock, encodeBlock } from "#shared/store/embedded/blockCodec.ts";
import { ByteReader, ByteWriter } from "#shared/store/embedded/bytes.ts";
import { readIntegers, readNumbers, writeIntegers, writeNumbers } from "#shared/store/embedded/columnCodec.ts";
import type { Points } from "#shared/store/embedded/points.ts";

const throughNumbers = (values: readonly number[]) => {
  const out = new ByteWriter();
  writeNumbers(out, Float64Array.from(values));
  const [bytes, noise] = [out.joined(), out.joinedNoise()];
  const back = [...readNumbers(new ByteReader(bytes, noise), values.length)];
  return { length: bytes.length + noise.length, back };
};

const exactly = (values: readonly number[]) => {
  const { back } = throughNumbers(values);
  expect(back.length).toBe(values.length);
  for (const [i, value] of values.entries()) expect(Object.is(back[i], value), `${back[i]} for ${value}`).toBe(true);
};

/** Sixteen samples by the software of version 2 of the file: square roots, a boolean, a text. */
const blockOfVersion2 =
  "ASi1L/0k3s0FAIQKEAAAACofRQx6QgLQBwEBAQECAQMBBQENTk9UX0NPTk5FQ1RFRAEAAQD/zWeq" +
  "LuPNU2eeWbqT2gc7d0whGjtbNCMVZnFO7X8nWAl2f9onpTkJJ0+vZo7oFHJmOql7rFWgsWae5HqOEJ5YKghRwTTeD6AWtpg4oEzE" +
  "Pm42Fft+9g37AwUOAQMBBwEDHgC/gH+AgACAgAAAAQEG6K+V6L2mAAAAAAAAAAAABgDsTkSQMTAWIBDIVwZJeK5ABw==";

const numberPoints = (values: readonly number[]): Points => ({
  n: values.length,
  at: Float64Array.from(values, (_, i) => i * 1_000 + ((i * 31) % 7)),
  value: Float64Array.from(values),
  status: new Uint8Array(values.length).fill(1),
  reason: new Uint8Array(values.length),
  texts: [],
});

/** Numbers below 1 of 32 random bits twice over, the same ones for a seed. */
function seeded(seed: number): () => number {
  let state = seed;
  const word = () => {
    state = (state + 0x9e37_79b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0_aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a_2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
  return () => (word() + word() / 2 ** 32) / 2 ** 32;
}

describe("numbers come back bit by bit", () => {
  const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
  const decimal = fc.tuple(fc.integer({ min: -(2 ** 31), max: 2 ** 31 }), fc.nat(6)).map(([n, e]) => n / 10 ** e);
  const whole = fc.maxSafeInteger();
  const extreme = fc.constantFrom(
    0,
    -0,
    5e-324,
    Number.MAX_VALUE,
    -Number.MAX_VALUE,
    2 ** 51,
    -(2 ** 51),
    2 ** 53,
    0.1,
  );

  test.each<[string, fc.Arbitrary<number>]>([
    ["any doubles", finite],
    ["decimals", decimal],
    ["integers", whole],
    ["integers beyond 2^51", fc.integer({ min: 2 ** 52, max: 2 ** 53 - 1 })],
    ["extremes", extreme],
    ["all mixed", fc.oneof(finite, decimal, whole, extreme)],
  ])("%s", (_, value) => {
    fc.assert(fc.property(fc.array(value, { maxLength: 150, size: "max" }), exactly));
  });

  test.each([
    [[]],
    [[0]],
    [[-0]],
    [[0, -0, 0]],
    [[-0.4, 1]],
    [[1.005, 2.675, 1e-12, 123456789.123]],
    [[2 ** 51, -(2 ** 51), 2 ** 51]],
    [[5e-324, -5e-324, Number.MAX_VALUE, Number.MIN_VALUE]],
    [[0.1 + 0.2, 0.3]],
  ])("%j", exactly);
});

test("rounded readings take about a byte each, any others at most eight", () => {
  const wave = (digits: number) =>
    Array.from({ length: 900 }, (_, i) =>
      Number((50 + 20 * Math.sin(i / 300) + ((i * 7_919) % 97) / 97).toFixed(digits)),
    );
  expect(throughNumbers(wave(2)).length).toBeLessThan(900 * 1.05);
  expect(throughNumbers(wave(15)).length).toBeLessThan(900 * 8 + 10);
});

/** Ways in which doubles move, with every bit of their mantissa; `random` gives numbers below 1. */
const movements: Readonly<Record<string, (i: number, random: () => number) => number>> = {
  "a wave with noise": (i, random) => 50 + 20 * Math.sin(i / 300) + random() / 2,
  "single precision": (_, random) => Math.fround(20 + random()),
  "a counter": (i, random) => 1e6 + i * 0.123_456_789_1 + random() * 1e-6,
  "a line through zero": (i) => (i - 450) * 0.123_456_789_1,
  "noise around zero": (_, random) => random() - 0.5,
};

describe("doubles of full mantissa", () => {
  test.each(Object.entries(movements))("%s: bit by bit through a block, and smaller than they are", (_, move) => {
    const random = seeded(7);
    const points = numberPoints(Array.from({ length: 900 }, (_, i) => move(i, random)));
    const body = encodeBlock({ points, series: null });
    expect(decodeBlock(body).points.value).toEqual(points.value);
    expect(body.length).toBeLessThan(900 * 7.6);
  });

  test("noise takes what its bits take, and leaves what is no noise as small as it is alone", () => {
    const random = seeded(7);
    const noise = numberPoints(Array.from({ length: 900 }, () => 40 + random() * 2 ** -7));
    // The mantissa of a double between 32 and 64 has 45 bits below 2^-7; their sign is one more.
    expect(encodeBlock({ points: noise, series: null }).length / 900).toBeLessThan(46.5 / 8 + 0.1);
    const steady = numberPoints(Array.from({ length: 900 }, (_, i) => i * Math.E));
    expect(encodeBlock({ points: steady, series: null }).length / 900).toBeLessThan(0.7);
  });
});

test("a block as earlier software wrote it is read", () => {
  const { points } = decodeBlock(Buffer.from(blockOfVersion2, "base64"));
  const value = (i: number) => (i === 3 ? 1 : i === 5 ? 0 : Math.sqrt(i + 2) * (i % 4 === 0 ? -1 : 1));
  expect([...points.value]).toEqual(Array.from({ length: 16 }, (_, i) => value(i)));
  expect([...points.at]).toEqual(Array.from({ length: 16 }, (_, i) => 1_790_000_100_000 + i * 1_000));
  expect(points.texts).toEqual(["试车"]);
});

test("integers come back, whatever their distance", () => {
  const integer = fc.integer({ min: -(2 ** 51), max: 2 ** 51 });
  fc.assert(
    fc.property(fc.array(integer, { maxLength: 40, size: "max" }), (values) => {
      const out = new ByteWriter();
      writeIntegers(out, Float64Array.from(values));
      expect([...readIntegers(new ByteReader(out.joined()), values.length)]).toEqual(values);
    }),
  );
});

const codes = Object.keys(errorCodes).length;
const point = fc.record({
  at: fc.integer({ min: 0, max: 2 ** 47 }),
  kind: fc.nat(3),
  quality: fc.nat(2),
  reason: fc.nat(codes),
  number: fc.double({ noNaN: true, noDefaultInfinity: true }),
  text: fc.string({ unit: "grapheme", maxLength: 8 }),
  series: fc.nat(2 ** 21),
});

test("a block comes back with every value, quality, reason, time and series", () => {
  fc.assert(
    fc.property(fc.array(point, { maxLength: 60, size: "max" }), fc.boolean(), (rows, withSeries) => {
      const texts = rows.map(({ text }) => text);
      const points: Points = {
        n: rows.length,
        at: Float64Array.from(rows, ({ at }) => at),
        value: Float64Array.from(rows, ({ kind, number }, i) => [0, number, i % 2, i][kind] ?? 0),
        status: Uint8Array.from(rows, ({ kind, quality }) => kind | (quality << 2)),
        reason: Uint8Array.from(rows, ({ reason }) => reason),
        texts,
      };
      const series = withSeries ? Float64Array.from(rows, (row) => row.series) : null;
      const back = decodeBlock(encodeBlock({ points, series }));
      expect(back.series).toEqual(series);
      for (const column of ["at", "status", "reason"] as const) expect(back.points[column]).toEqual(points[column]);
      for (const [i, { kind, text }] of rows.entries()) {
        const value = back.points.value[i] as number;
        if (kind === 3) expect(back.points.texts[value]).toBe(text);
        else expect(Object.is(value, points.value[i])).toBe(true);
      }
    }),
  );
});

test("a changed or cut block is noticed", () => {
  const points = numberPoints(Array.from({ length: 300 }, (_, i) => Math.sin(i)));
  const body = encodeBlock({ points, series: null });
  for (let i = 0; i < body.length; i += 7) {
    const changed = Uint8Array.from(body);
    changed[i] = (changed[i] as number) ^ 0x10;
    expect(() => decodeBlock(changed), `byte ${i}`).toThrow("DAMAGED");
    expect(() => decodeBlock(body.subarray(0, i)), `cut at ${i}`).toThrow("DAMAGED");
  }
});
