import { modiconOf } from "#shared/plant/protocols/modbusAddress.ts";
import { isBits } from "../plan.ts";
import { type Decoding, decodingsAt, formatsOf, ordersOf, rawAt, type Width } from "./decodings.ts";
import { type Expected, exponentFor, type Hit, hitsAmong, shareRegister } from "./hits.ts";
import type { Cell, Sweep } from "./sweep.ts";
import type { ProbeTarget } from "./target.ts";
import { addressText, bitsText, charactersText, hexText, numberText, rangeText } from "./texts.ts";

const mostHits = 20;
const bitsPerLine = 16;

/** The sweep for a person: every register in every format and order side by side, what fits `expected` first and marked. */
export function pageOf(target: ProbeTarget, swept: Sweep, expected: Expected | undefined): string {
  const { table, from, count } = target;
  const last = from + count - 1;
  const numbers = `${modiconOf(table, from)}–${modiconOf(table, last)}`;
  const title = `${table} ${rangeText(from, count)} (${numbers}), unit ${target.connection.unit}`;
  const cost = `${swept.requests} ${swept.requests === 1 ? "request" : "requests"}, ${Math.round(swept.took)} ms`;
  const refused = swept.cells.filter((cell) => "why" in cell).length;
  const sections = isBits(table)
    ? [bitSection(swept.cells)]
    : [
        ...(expected ? [hitSection(target, swept.cells, expected)] : []),
        registerSection(target, swept.cells, expected),
        wideSection(swept.cells, 2, expected),
        wideSection(swept.cells, 4, expected),
      ];
  const head = `${title}: ${cost}${refused > 0 ? `, ${refused} not read` : ""}`;
  return [head, ...sections.filter((lines) => lines.length > 0).map((lines) => lines.join("\n"))].join("\n\n");
}

function hitSection({ table }: ProbeTarget, cells: readonly Cell[], expected: Expected): readonly string[] {
  const hits = hitsAmong(cells, expected);
  const about = `${expected.value} ± ${numberText(expected.within, "float32")}`;
  if (hits.length === 0) return [`Nothing here reads as ${about}. Is it another table, or another range?`];
  const shown = hits.slice(0, mostHits);
  const lines = shown.flatMap((hit) => hitLines(table, hit));
  const twice = shown.some((hit) => shown.some((other) => shareRegister(hit, other)));
  const more = hits.length - mostHits;
  const rest = more > 0 ? [`… and ${more} more: give more digits, or a smaller --tolerance.`] : [];
  return [`What reads as ${about}, the likely first:`, ...lines, ...rest, ...(twice ? [sharedNote] : [])];
}

const sharedNote =
  "Of two float32 at neighbouring addresses one takes its last digits from a foreign register: more digits tell which.";

function hitLines(table: ProbeTarget["table"], hit: Hit): readonly string[] {
  const { value, format, order } = hit.decoding;
  const scale = hit.exponent === 0 ? "" : ` × ${factorText(hit.exponent)} = ${numberText(hit.scaled, "float64")}`;
  const what = `${hit.formats.join(" or ")} ${order}: ${numberText(value, format)}${scale}`;
  const yaml = `address: ${addressText(table, hit.decoding)}`;
  const factor = hit.exponent === 0 ? "" : `, scale: { factor: ${factorText(hit.exponent)} }`;
  return [`  ${what}`, `      ${yaml}${factor}`];
}

/** Written out: 1e-7 in a plant file is a number, in a table a puzzle. */
const factorText = (exponent: number): string => (10 ** exponent).toFixed(Math.max(0, -exponent));

function registerSection(
  { table }: ProbeTarget,
  cells: readonly Cell[],
  expected: Expected | undefined,
): readonly string[] {
  const head = ["address", "Modicon", "hex", "uint16", "int16", "bcd16", "uint16", "int16", "bcd16", "bits", "text"];
  const rows = cells.map((cell, at) => {
    const named = [String(cell.address), modiconOf(table, cell.address)];
    if ("why" in cell) return [...named, cell.why];
    const decodings = decodingsAt(cells, at, 1);
    const numbers = ordersOf(1).flatMap((order) =>
      formatsOf[1].map((format) => marked(decodings.find(is(format, order)), expected)),
    );
    return [...named, hexText(cell.raw), ...numbers, bitsText(cell.raw), charactersText(cell.raw)];
  });
  const title = "One register. Behind the first three numbers the same with the bytes swapped (byteOrder: BADC).";
  return [title, ...aligned([head, ...rows], new Set([9, 10]))];
}

function wideSection(cells: readonly Cell[], width: Width, expected: Expected | undefined): readonly string[] {
  const groups = cells.flatMap((cell, at) => {
    const raw = rawAt(cells, at, width);
    if (!raw) return [];
    const place = rangeText(cell.address, width);
    if (raw.every((word) => word === 0)) return [[place, "0 in every format"]];
    const decodings = decodingsAt(cells, at, width);
    const rows = formatsOf[width].flatMap((format) => {
      const own = decodings.filter((decoding) => decoding.format === format);
      if (own.length === 0) return [];
      return [[format, ...ordersOf(width).map((order) => marked(own.find(is(format, order)), expected))]];
    });
    return rows.map((row, i) => [i === 0 ? place : "", ...row]);
  });
  if (groups.length === 0) return [];
  const title = `${width} registers: each with the ${width === 2 ? "one" : "three"} behind it, in four orders.`;
  return [title, ...aligned([["address", "format", ...ordersOf(width)], ...groups], new Set([1]))];
}

const is = (format: Decoding["format"], order: Decoding["order"]) => (decoding: Decoding) =>
  decoding.format === format && decoding.order === order;

/** `*` behind what fits, a blank behind the others, so that digits stand below one another. */
function marked(decoding: Decoding | undefined, expected: Expected | undefined): string {
  if (!decoding) return "– ";
  const fits = expected !== undefined && exponentFor(decoding, expected) !== undefined;
  return `${numberText(decoding.value, decoding.format)}${fits ? "*" : " "}`;
}

function bitSection(cells: readonly Cell[]): readonly string[] {
  const rows: string[][] = [];
  for (let at = 0; at < cells.length; at += bitsPerLine) {
    const group = cells.slice(at, at + bitsPerLine);
    const bits = group.map((cell) => ("raw" in cell ? String(cell.raw) : "?")).join("");
    const why = new Set(group.flatMap((cell) => ("why" in cell ? [cell.why] : [])));
    rows.push([rangeText(group[0]?.address ?? 0, group.length), bits.replace(/.{4}(?=.)/g, "$& "), ...why]);
  }
  return ["The lowest address left.", ...aligned([["address", "bits"], ...rows], new Set([1, 2]))];
}

/** Columns below one another, numbers to the right, the columns of `left` to the left; a last lone cell is free text. */
function aligned(rows: readonly (readonly string[])[], left: ReadonlySet<number>): readonly string[] {
  const columns = rows[0]?.length ?? 0;
  const isFree = (row: readonly string[], i: number) => row.length < columns && i === row.length - 1;
  const widths = Array.from({ length: columns }, (_, i) =>
    Math.max(0, ...rows.filter((row) => !isFree(row, i)).map((row) => row[i]?.length ?? 0)),
  );
  return rows.map((row) =>
    row
      .map((text, i) => {
        if (isFree(row, i)) return text;
        return left.has(i) ? text.padEnd(widths[i] ?? 0) : text.padStart(widths[i] ?? 0);
      })
      .join("  ")
      .trimEnd(),
  );
}
