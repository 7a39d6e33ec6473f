import fc from "fast-check";
import { expect, test } from "vitest";
import { layoutSchematic, type SchematicPart } from "../../dashboard/web/schematic/layout.ts";
import { ranksOf } from "../../dashboard/web/schematic/ranks.ts";

const grid = { columns: 3, width: 100, height: 50, gap: 20 };
const part = (id: string, flowsTo: string[] = [], isShared = false): SchematicPart => ({ id, flowsTo, isShared });
const places = (parts: readonly SchematicPart[], columns = 3) =>
  Object.fromEntries(layoutSchematic(parts, { ...grid, columns }).parts.map(({ id, x, y }) => [id, [x, y]]));

test("a chain stands in one row and goes on below where the row is full", () => {
  const chain = [part("a", ["b"]), part("b", ["c"]), part("c", ["d"]), part("d")];
  expect(places(chain)).toEqual({ a: [20, 0], b: [140, 0], c: [260, 0], d: [20, 70] });
  expect(layoutSchematic(chain, grid)).toMatchObject({ columns: 3, height: 140, apartY: null });
});

test("what is fed by the same part stands one above the other; what both feed stands behind both", () => {
  expect(places([part("a", ["b", "c"]), part("b", ["d"]), part("c", ["d"]), part("d")])).toEqual({
    ...{ a: [20, 0], b: [140, 0], c: [140, 70], d: [260, 0] },
  });
});

test("utilities stand apart, below everything else", () => {
  const { parts, apartY } = layoutSchematic([part("air", [], true), part("a", ["b"]), part("b")], grid);
  expect(parts.find(({ id }) => id === "air")).toMatchObject({ x: 20, y: 70 });
  expect(apartY).toBe(70);
});

test("what no product flows through stands apart too, where any flows at all", () => {
  const { parts, apartY } = layoutSchematic([part("a", ["b"]), part("gas"), part("b")], grid);
  expect([parts.find(({ id }) => id === "gas")?.y, apartY]).toEqual([70, 70]);
  expect(layoutSchematic([part("a"), part("b")], grid).apartY).toBeNull();
});

test("a recycle moves nothing and is drawn below the row", () => {
  const loop = [part("a", ["b"]), part("b", ["c"]), part("c", ["a"])];
  expect([...ranksOf(loop).values()]).toEqual([0, 1, 2]);
  const back = layoutSchematic(loop, grid).flows.find(({ from }) => from === "c");
  expect(Math.max(...(back?.points ?? []).map(([, y]) => y))).toBeGreaterThan(grid.height);
  expect(back?.points.at(-1)).toEqual([20, 25]);
});

test("a flow to the next column at the same height is a straight line", () => {
  expect(layoutSchematic([part("a", ["b"]), part("b")], grid).flows[0]?.points).toEqual([
    [120, 25],
    [140, 25],
  ]);
});

test("nothing at all, and flows to nobody, are drawn as such", () => {
  expect(layoutSchematic([], grid)).toEqual({ parts: [], flows: [], columns: 0, height: 0, apartY: null });
  expect(layoutSchematic([part("a", ["gone"])], grid).flows).toEqual([]);
});

const graphs = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 5 })).chain(([n, columns]) =>
  fc
    .array(fc.record({ to: fc.subarray(Array.from({ length: n }, (_, i) => i)), isShared: fc.boolean() }), {
      minLength: n,
      maxLength: n,
    })
    .map((made) => ({
      columns,
      parts: made.map(({ to, isShared }, i) =>
        part(`p${i}`, isShared ? [] : to.filter((k) => k !== i).map((k) => `p${k}`), isShared),
      ),
    })),
);

test("whatever flows where: parts never overlap, and no line crosses a part", () => {
  fc.assert(
    fc.property(graphs, ({ parts, columns }) => {
      const layout = layoutSchematic(parts, { ...grid, columns });
      expect(layout.parts.map(({ id }) => id).sort()).toEqual(parts.map(({ id }) => id).sort());
      const inside = (x: number, y: number): boolean =>
        layout.parts.some((at) => x > at.x && x < at.x + grid.width && y > at.y && y < at.y + grid.height);
      for (const [i, a] of layout.parts.entries())
        for (const b of layout.parts.slice(i + 1))
          expect(Math.abs(a.x - b.x) >= grid.width || Math.abs(a.y - b.y) >= grid.height).toBe(true);
      for (const { points } of layout.flows)
        for (const [i, [x, y]] of points.entries()) {
          const [nextX, nextY] = points[i + 1] ?? [x, y];
          for (let share = 0; share <= 1; share += 0.02)
            expect(inside(x + (nextX - x) * share, y + (nextY - y) * share)).toBe(false);
        }
    }),
    { numRuns: 60 },
  );
});
