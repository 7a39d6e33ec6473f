import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  cutBefore,
  type Forbidden,
  noObstacles,
  type PlanLimits,
  planReads,
} from "../../gateway/drivers/modbus/plan.ts";
import { fewestOf, registersIn as registers, type Span } from "./modbusOptimum.ts";

const span = (start: number, count = 1, table: Span["table"] = "holding"): Span => ({ table, start, count });

// Dense on purpose: only then do limits and gaps decide anything.
const spans = fc.uniqueArray(
  fc.record({ table: fc.constant("holding" as const), start: fc.nat(400), count: fc.constantFrom(1, 2, 4) }),
  { maxLength: 150, size: "max", selector: ({ start, count }) => `${start}+${count}` },
);
const limits = fc.record({ maxRegisters: fc.integer({ min: 4, max: 125 }), maxGap: fc.nat(20) });

describe("planReads", () => {
  test("every span is read whole, in requests within the limits", () => {
    fc.assert(
      fc.property(spans, limits, (wanted, limit) => {
        const requests = planReads(wanted, limit);
        for (const { start, count, spans: inside } of requests) {
          expect(count).toBeLessThanOrEqual(limit.maxRegisters);
          for (const one of inside) {
            expect(one.start).toBeGreaterThanOrEqual(start);
            expect(one.start + one.count).toBeLessThanOrEqual(start + count);
          }
        }
        expect(requests.flatMap((request) => request.spans)).toHaveLength(wanted.length);
        expect(new Set(requests.flatMap((request) => request.spans))).toEqual(new Set(wanted));
      }),
    );
  });

  test("no request reads more than maxGap unwanted registers in a row, nor begins or ends with one", () => {
    fc.assert(
      fc.property(spans, limits, (wanted, limit) => {
        for (const request of planReads(wanted, limit)) {
          const read = new Set(request.spans.flatMap(registers));
          expect([read.has(request.start), read.has(request.start + request.count - 1)]).toEqual([true, true]);
          let unwanted = 0;
          for (let r = request.start; r < request.start + request.count; r++) {
            unwanted = read.has(r) ? 0 : unwanted + 1;
            expect(unwanted).toBeLessThanOrEqual(limit.maxGap);
          }
        }
      }),
    );
  });

  const few = fc.uniqueArray(
    fc.record({ table: fc.constant("holding" as const), start: fc.nat(40), count: fc.constantFrom(1, 2, 4) }),
    { minLength: 1, maxLength: 8, selector: ({ start, count }) => `${start}+${count}` },
  );
  const tight = fc.record({ maxRegisters: fc.integer({ min: 4, max: 12 }), maxGap: fc.nat(6) });
  const walls = fc.array(
    fc
      .record({ from: fc.nat(45), length: fc.nat(6) })
      .map(({ from, length }): Forbidden => ({ table: "holding", from, to: from + length })),
    { maxLength: 4 },
  );
  const forbids = (forbidden: readonly Forbidden[]) => (register: number) =>
    forbidden.some(({ from, to }) => from <= register && register <= to);

  test("no other plan needs fewer requests", () => {
    fc.assert(
      fc.property(few, tight, (wanted, limit) => {
        expect(planReads(wanted, limit).length).toBe(fewestOf(wanted, limit));
      }),
    );
  });

  test("nor past forbidden addresses, which no request touches, and only what lies in one is left out", () => {
    fc.assert(
      fc.property(few, tight, walls, (wanted, limit, forbidden) => {
        const requests = planReads(wanted, limit, { ...noObstacles, forbidden });
        expect(requests.flatMap(registers).filter(forbids(forbidden))).toEqual([]);
        const readable = wanted.filter((one) => !registers(one).some(forbids(forbidden)));
        expect(new Set(requests.flatMap(({ spans }) => spans))).toEqual(new Set(readable));
        expect(requests.length).toBe(fewestOf(readable, limit, forbids(forbidden)));
      }),
      { numRuns: 300 },
    );
  });

  test("nor past cuts, where spans do not overlap", () => {
    const apart = fc
      .array(fc.record({ gap: fc.nat(5), count: fc.constantFrom(1, 2, 4), cut: fc.boolean() }), {
        minLength: 1,
        maxLength: 9,
      })
      .map((steps) => {
        let at = 0;
        return steps.map(({ gap, count, cut }) => {
          const placed = { ...span(at + gap, count), cut };
          at += gap + count;
          return placed;
        });
      });
    fc.assert(
      fc.property(apart, tight, (wanted, limit) => {
        const cutAt = new Set(wanted.filter(({ cut }) => cut).map(({ start }) => start));
        const cuts = new Set(wanted.filter(({ cut }) => cut).map(cutBefore));
        const requests = planReads(wanted, limit, { ...noObstacles, cuts });
        expect(requests.flatMap((one) => registers(one).slice(1)).filter((r) => cutAt.has(r))).toEqual([]);
        expect(requests.length).toBe(fewestOf(wanted, limit, () => false, cutAt));
      }),
    );
  });

  test.each<[string, readonly Span[], PlanLimits, readonly [number, number][]]>([
    [
      "126 registers in a row take two requests",
      Array.from({ length: 126 }, (_, i) => span(i)),
      { maxRegisters: 125, maxGap: 10 },
      [
        [0, 125],
        [125, 1],
      ],
    ],
    [
      "a value is never cut",
      [span(0, 2), span(123, 4)],
      { maxRegisters: 125, maxGap: 124 },
      [
        [0, 2],
        [123, 4],
      ],
    ],
    ["a gap of maxGap is read across", [span(0), span(11)], { maxRegisters: 125, maxGap: 10 }, [[0, 12]]],
    [
      "a wider gap is not",
      [span(0), span(12)],
      { maxRegisters: 125, maxGap: 10 },
      [
        [0, 1],
        [12, 1],
      ],
    ],
    ["the last address", [span(65_535)], { maxRegisters: 125, maxGap: 10 }, [[65_535, 1]]],
    [
      "2000 coils in one request",
      [span(0, 1, "coil"), ...Array.from({ length: 1999 }, (_, i) => span(i + 1, 1, "coil"))],
      { maxRegisters: 125, maxGap: 0 },
      [[0, 2000]],
    ],
  ])("%s", (_, wanted, limit, expected) => {
    expect(planReads(wanted, limit).map(({ start, count }) => [start, count])).toEqual(expected);
  });

  test("a forbidden address of another table forbids nothing, one in a gap divides, bits have gaps of their own", () => {
    const limit = { maxRegisters: 125, maxGap: 10 };
    const forbidden = (table: Span["table"]): readonly Forbidden[] => [{ table, from: 5, to: 5 }];
    const wanted = [span(4), span(6)];
    expect(planReads(wanted, limit, { ...noObstacles, forbidden: forbidden("input") })).toHaveLength(1);
    expect(planReads(wanted, limit, { ...noObstacles, forbidden: forbidden("holding") })).toHaveLength(2);
    const coils = [span(0, 1, "coil"), span(161, 1, "coil"), span(323, 1, "coil")];
    expect(planReads(coils, limit).map(({ start, count }) => [start, count])).toEqual([
      [0, 162],
      [323, 1],
    ]);
  });

  test("ten thousand spans and a thousand forbidden ranges are planned in one go", () => {
    const wanted = Array.from({ length: 10_000 }, (_, i) => span(i * 6, 2));
    const forbidden = Array.from({ length: 1_000 }, (_, i): Forbidden => {
      const at = i * 60 + 3;
      return { table: "holding", from: at, to: at };
    });
    // Between two walls lie ten spans, 56 registers apart at most: one request each, and one before the first wall.
    expect(planReads(wanted, { maxRegisters: 125, maxGap: 10 }, { ...noObstacles, forbidden })).toHaveLength(1_001);
  });

  test("tables are never mixed, and a cut is never read across", () => {
    const wanted = [span(0), span(1), span(2), span(1, 1, "input")];
    const requests = planReads(
      wanted,
      { maxRegisters: 125, maxGap: 10 },
      {
        ...noObstacles,
        cuts: new Set([cutBefore(span(2))]),
      },
    );
    expect(requests.map(({ table, start, count }) => [table, start, count])).toEqual([
      ["holding", 0, 2],
      ["holding", 2, 1],
      ["input", 1, 1],
    ]);
  });
});
