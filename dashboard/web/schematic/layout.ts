import { ranksOf } from "./ranks.ts";

export interface SchematicPart {
  readonly id: string;
  readonly isShared: boolean;
  /** Ids of the parts that its product goes to. */
  readonly flowsTo: readonly string[];
}
export interface SchematicGrid {
  /** Parts beside each other at most. */
  readonly columns: number;
  readonly width: number;
  readonly height: number;
  /** Room between columns and between rows; flows run in it. */
  readonly gap: number;
}
export interface PlacedPart {
  readonly id: string;
  readonly x: number;
  readonly y: number;
}
export interface PlacedFlow {
  readonly from: string;
  readonly to: string;
  /** Corners of the line, from the right edge of one part to the left edge of the other. */
  readonly points: readonly (readonly [x: number, y: number])[];
}
export interface SchematicLayout {
  readonly parts: readonly PlacedPart[];
  readonly flows: readonly PlacedFlow[];
  readonly columns: number;
  readonly height: number;
  /** Where the rows of what stands apart begin; null without any. */
  readonly apartY: number | null;
}

/** Lines that run in the same room lie so far apart. */
const laneWidth = 7;
const lanes = 3;

interface Cell extends PlacedPart {
  readonly band: number;
  readonly column: number;
}

/**
 * Parts in the order of flow, each a column behind what feeds it; after the last column the row goes on below, as lines
 * of a text do. Utilities, and what no product flows through, stand apart. Flows run between the parts, never across one. The same parts give the same
 * picture whatever their values are.
 */
export function layoutSchematic(parts: readonly SchematicPart[], grid: SchematicGrid): SchematicLayout {
  const columns = Math.max(1, grid.columns);
  const linked = linkedParts(parts);
  const isOwn = ({ id, isShared }: SchematicPart): boolean => !isShared && (linked.size === 0 || linked.has(id));
  const own = parts.filter(isOwn);
  const ranks = ranksOf(own);
  const stacks: SchematicPart[][] = [];
  for (const part of own) {
    const rank = ranks.get(part.id) ?? 0;
    stacks[rank] = [...(stacks[rank] ?? []), part];
  }
  const stepX = grid.width + grid.gap;
  const stepY = grid.height + grid.gap;

  const cells = new Map<string, Cell>();
  const bandBottoms: number[] = [];
  let top = 0;
  for (let band = 0; band * columns < stacks.length; band++) {
    const inBand = stacks.slice(band * columns, (band + 1) * columns);
    for (const [column, stack] of inBand.entries())
      for (const [row, { id }] of stack.entries())
        cells.set(id, { id, band, column, x: grid.gap + column * stepX, y: top + row * stepY });
    top += Math.max(...inBand.map(({ length }) => length)) * stepY;
    bandBottoms.push(top - grid.gap);
  }

  const used = bandBottoms.map(() => 0);
  const route = (a: Cell, b: Cell): PlacedFlow["points"] => {
    const [startX, startY] = [a.x + grid.width, a.y + grid.height / 2];
    const endY = b.y + grid.height / 2;
    if (a.band === b.band && b.column === a.column + 1) {
      const middle = startX + grid.gap / 2;
      const corners: PlacedFlow["points"] =
        startY === endY
          ? []
          : [
              [middle, startY],
              [middle, endY],
            ];
      return [[startX, startY], ...corners, [b.x, endY]];
    }
    const lane = (used[a.band] ?? 0) % lanes;
    used[a.band] = (used[a.band] ?? 0) + 1;
    const aside = (lane - 1) * laneWidth;
    const outX = startX + grid.gap / 2 + aside;
    const inX = b.x - grid.gap / 2 + aside;
    const channelY = (bandBottoms[a.band] ?? 0) + grid.gap / 2 + aside;
    return [
      [startX, startY],
      [outX, startY],
      [outX, channelY],
      [inX, channelY],
      [inX, endY],
      [b.x, endY],
    ];
  };
  const flows = own.flatMap(({ id, flowsTo }) =>
    flowsTo.flatMap((to): PlacedFlow[] => {
      const [a, b] = [cells.get(id), cells.get(to)];
      return a && b ? [{ from: id, to, points: route(a, b) }] : [];
    }),
  );

  const others = parts.filter((part) => !isOwn(part));
  const apart = others.map(
    ({ id }, i): PlacedPart => ({
      id,
      x: grid.gap + (i % columns) * stepX,
      y: top + Math.floor(i / columns) * stepY,
    }),
  );
  return {
    parts: [...[...cells.values()].map(({ id, x, y }) => ({ id, x, y })), ...apart],
    flows,
    columns: Math.min(columns, Math.max(stacks.length, others.length)),
    height: top + Math.ceil(others.length / columns) * stepY,
    apartY: others.length > 0 ? top : null,
  };
}

/** Ids of the parts that a flow begins or ends at. */
function linkedParts(parts: readonly SchematicPart[]): ReadonlySet<string> {
  const own = new Set(parts.filter(({ isShared }) => !isShared).map(({ id }) => id));
  const flows = parts.flatMap(({ id, flowsTo }) => flowsTo.map((to) => [id, to]));
  return new Set(flows.filter((ends) => ends.every((id) => own.has(id))).flat());
}
