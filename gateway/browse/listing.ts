import type { Reading } from "../driver.ts";
import type { VariableFacts } from "../drivers/opcua/browse/facts.ts";
import type { WalkedNode } from "../drivers/opcua/browse/walk.ts";

export interface Row {
  readonly node: WalkedNode;
  /** Where they were asked for. */
  readonly facts: VariableFacts | undefined;
}

export interface Page {
  readonly rows: readonly Row[];
  /** Of all pages. */
  readonly total: number;
  readonly page: number;
  readonly limit: number;
}

export const pagesOf = ({ total, limit }: Pick<Page, "total" | "limit">): number =>
  Math.max(1, Math.ceil(total / limit));

/** Widest column; longer texts push the rest of their line to the right. */
const widest = 60;

/** The page as lines of text: kind, path, node id, and the facts where they are there. */
export function listingText({ rows, total, page, limit }: Page): string {
  const cells = rows.map(({ node, facts }) => [
    node.kind,
    clean(node.path),
    ...(facts ? [typeText(facts), valueText(facts)] : []),
    clean(node.id ?? node.nodeId.toString()),
  ]);
  const widths = [0, 1, 2, 3].map((i) => Math.min(widest, Math.max(0, ...cells.map((cell) => cell[i]?.length ?? 0))));
  const lines = cells.map((cell) =>
    cell
      .map((text, i) => text.padEnd(widths[i] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  const first = (page - 1) * limit + 1;
  const pages = pagesOf({ total, limit });
  const further = page < pages ? `; --page ${page + 1} goes on` : "";
  const range = rows.length === 0 ? "none" : `${first}–${first + rows.length - 1}`;
  return [...lines, `${range} of ${total} nodes, page ${page} of ${pages}${further}`].join("\n");
}

/** The page for programs; values as a reading gives them. */
export const listingRows = (rows: readonly Row[]): readonly object[] =>
  rows.map(({ node: { id, nodeId, kind, path, browseName, displayName }, facts }) => ({
    kind,
    path,
    node: id ?? nodeId.toString(),
    browseName,
    displayName,
    ...facts,
  }));

/** Names come from the server: nothing in them may move the cursor of a terminal. */
const clean = (text: string): string => text.replace(/[\p{Cc}\u2028\u2029]+/gu, "�");

const typeText = ({ dataType, builtIn, isArray, readable, historised }: VariableFacts): string =>
  [
    clean(dataType) + (isArray ? "[]" : ""),
    dataType === builtIn || builtIn === "" ? "" : `(${builtIn})`,
    readable ? "" : "not readable",
    historised ? "history" : "",
  ]
    .filter(Boolean)
    .join(" ");

const longestValue = 40;

function valueText({ reading, unit, range, texts }: VariableFacts): string {
  if (!reading) return "–";
  const value = shown(reading);
  const text = texts?.[String(reading.value)];
  return [
    value.length > longestValue ? `${value.slice(0, longestValue)}…` : value,
    text === undefined ? "" : `(${clean(text)})`,
    unit ? clean(unit.symbol || (unit.commonCode ?? "")) : "",
    range ? `[${range.join(", ")}]` : "",
    reading.quality === "good" ? "" : `${reading.quality}${reading.reason ? ` ${reading.reason}` : ""}`,
    new Date(reading.at).toISOString(),
  ]
    .filter(Boolean)
    .join(" ");
}

const shown = ({ value }: Reading): string => (value === null ? "no value" : clean(String(value)));
