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
  const bytes = out.joined();
  return { bytes, back: [...readNumbers(new ByteReader(bytes), values.length)] };
};

const exactly = (values: readonly number[]) => {
  const { back } = throughNumbers(values);
  expect(back.length).toBe(values.length);
  for (const [i, value] of values.entries()) expect(Object.is(back[i], value), `${back[i]} for ${value}`).toBe(true);
};

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
    fc.assert(fc.property(fc.array(value, { maxLength: 50, size: "max" }), exactly));
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
  expect(throughNumbers(wave(2)).bytes.length).toBeLessThan(900 * 1.05);
  expect(throughNumbers(wave(15)).bytes.length).toBeLessThan(900 * 8 + 10);
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
  const points: Points = {
    n: 300,
    at: Float64Array.from({ length: 300 }, (_, i) => i * 1_000 + ((i * 31) % 7)),
    value: Float64Array.from({ length: 300 }, (_, i) => Math.sin(i)),
    status: new Uint8Array(300).fill(1),
    reason: new Uint8Array(300),
    texts: [],
  };
  const body = encodeBlock({ points, series: null });
  for (let i = 0; i < body.length; i += 7) {
    const changed = Uint8Array.from(body);
    changed[i] = (changed[i] as number) ^ 0x10;
    expect(() => decodeBlock(changed), `byte ${i}`).toThrow("DAMAGED");
    expect(() => decodeBlock(body.subarray(0, i)), `cut at ${i}`).toThrow("DAMAGED");
  }
});
