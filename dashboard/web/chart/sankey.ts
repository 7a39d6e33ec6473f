import type { EnergyNode } from "#shared/model/operation.ts";

export interface SankeyNode {
  readonly id: string;
  readonly kind: EnergyNode["kind"] | "rest" | "others";
  readonly column: number;
  readonly y: number;
  readonly height: number;
  readonly kwh: number;
  /** So many small ones are drawn as one. */
  readonly count: number;
}
export interface SankeyFlow {
  readonly from: string;
  readonly to: string;
  readonly kwh: number;
  /** Top of its band at either end. */
  readonly y0: number;
  readonly y1: number;
  readonly height: number;
  readonly column0: number;
  readonly column1: number;
}
export interface Sankey {
  readonly nodes: readonly SankeyNode[];
  readonly flows: readonly SankeyFlow[];
  readonly columns: number;
  /** Nodes below which more was counted than at themselves: they are drawn as large as what lies below. */
  readonly overcounted: readonly string[];
}

interface Growing {
  readonly id: string;
  readonly kind: SankeyNode["kind"];
  readonly column: number;
  kwh: number;
  count: number;
}

/** Of all energy; less is not seen. */
const leastShare = 0.008;
/** Of the height; gaps must leave room for what they part. */
const mostGaps = 0.3;

const columnsOf = ({ parts }: EnergyNode): number => 1 + Math.max(0, ...parts.map(columnsOf));

/** What is drawn of a node: as much as it and its parts need, so that nothing flows out that did not flow in. */
const drawn = (node: EnergyNode): number =>
  Math.max(
    node.kwh,
    node.parts.reduce((sum, part) => sum + drawn(part), 0),
  );

/**
 * Lays out energy from left to right: places, then states. States of all places meet in the last column, and so does what
 * no register counted. Of many places the smallest are drawn as one. Pure.
 */
export function sankeyOf(
  root: EnergyNode,
  { height, gap, most }: { readonly height: number; readonly gap: number; readonly most: number },
): Sankey {
  const last = Math.max(1, columnsOf(root) - 1);
  const nodes = new Map<string, Growing>();
  const links = new Map<string, { readonly from: string; readonly to: string; kwh: number }>();
  const overcounted: string[] = [];
  const total = drawn(root);
  const grow = (id: string, kind: Growing["kind"], column: number, kwh: number, count = 1): void => {
    const node = nodes.get(id) ?? { id, kind, column, kwh: 0, count: 0 };
    node.kwh += kwh;
    node.count += count;
    nodes.set(id, node);
  };
  const link = (from: string, to: string, kwh: number): void => {
    const key = `${from}\n${to}`;
    const known = links.get(key) ?? { from, to, kwh: 0 };
    known.kwh += kwh;
    links.set(key, known);
  };
  /** `as` stands for the node where it is one of the small ones. */
  const place = (node: EnergyNode, column: number, as: string): void => {
    const rest = drawn(node) - node.parts.reduce((sum, part) => sum + drawn(part), 0);
    if (node.restKwh < -1e-6) overcounted.push(node.id);
    if (node.kind !== "state" && rest > 1e-9 && (node.restKwh > 1e-9 || node.parts.length === 0)) {
      grow("rest", "rest", last, rest);
      link(as, "rest", rest);
    }
    const shown = node.parts.filter((part) => drawn(part) > 0).sort((a, b) => drawn(b) - drawn(a));
    // A place too small to be seen as a band of its own joins the others, if there are any.
    const first = shown.findIndex((part, i) => i >= most - 1 || drawn(part) < leastShare * total);
    const isMany = first >= 0 && shown.length - first > 1;
    shown.forEach((part, i) => {
      if (part.kind === "state") {
        const state = part.id.slice(part.id.lastIndexOf(":") + 1);
        grow(state, "state", last, drawn(part));
        link(as, state, drawn(part));
        return;
      }
      const isSmall = isMany && i >= first;
      const id = isSmall ? `${node.id}#others` : part.id;
      grow(id, isSmall ? "others" : part.kind, column + 1, drawn(part));
      link(as, id, drawn(part));
      place(part, column + 1, id);
    });
  };
  grow(root.id, root.kind, 0, drawn(root));
  place(root, 0, root.id);
  return laidOut([...nodes.values()], [...links.values()], last + 1, height, gap, overcounted);
}

function laidOut(
  grown: readonly Growing[],
  links: readonly { readonly from: string; readonly to: string; readonly kwh: number }[],
  columns: number,
  height: number,
  wantedGap: number,
  overcounted: readonly string[],
): Sankey {
  // What is not known lies below what is.
  const rank = ({ id, kind }: Growing): number => (kind === "rest" ? 2 : id === "UNK" ? 1 : 0);
  const byColumn = Array.from({ length: columns }, (_, column) =>
    grown.filter((node) => node.column === column).sort((a, b) => rank(a) - rank(b)),
  );
  const crowd = Math.max(1, ...byColumn.map(({ length }) => length - 1));
  const gap = Math.min(wantedGap, (mostGaps * height) / crowd);
  const scale = Math.min(
    ...byColumn.flatMap((column) => {
      const kwh = column.reduce((sum, node) => sum + node.kwh, 0);
      return kwh > 0 ? [(height - gap * (column.length - 1)) / kwh] : [];
    }),
  );
  const perKwh = Number.isFinite(scale) ? Math.max(0, scale) : 0;
  const nodes = byColumn.flatMap((column) => {
    let y = 0;
    return column.map((node): SankeyNode => {
      const own = { ...node, y, height: node.kwh * perKwh };
      y += own.height + gap;
      return own;
    });
  });
  const at = new Map(nodes.map((node) => [node.id, node]));
  const [out, into] = [new Map<string, number>(), new Map<string, number>()];
  const order = (id: string): number => at.get(id)?.y ?? 0;
  const flows = [...links]
    .sort((a, b) => order(a.from) - order(b.from) || order(a.to) - order(b.to))
    .flatMap(({ from, to, kwh }): readonly SankeyFlow[] => {
      const [a, b] = [at.get(from), at.get(to)];
      if (!a || !b) return [];
      const [left, right] = [out.get(from) ?? 0, into.get(to) ?? 0];
      out.set(from, left + kwh * perKwh);
      into.set(to, right + kwh * perKwh);
      const ends = { y0: a.y + left, y1: b.y + right, column0: a.column, column1: b.column };
      return [{ from, to, kwh, height: kwh * perKwh, ...ends }];
    });
  return { nodes, flows, columns, overcounted };
}
