import { modiconOf } from "#shared/plant/protocols/modbusAddress.ts";
import { isBits } from "../plan.ts";
import { decodingsAt, widths } from "./decodings.ts";
import { type Expected, hitsAmong } from "./hits.ts";
import type { Cell, Sweep } from "./sweep.ts";
import type { ProbeTarget } from "./target.ts";
import { bitsText, charactersText, hexText } from "./texts.ts";

/**
 * The sweep for a program. `values` is by format and order. A number that JSON has not, or that is beyond 2^53, is text.
 */
export function documentOf(target: ProbeTarget, { cells, requests, took }: Sweep, expected: Expected | undefined) {
  const { url, connection, table, from, count } = target;
  return {
    url,
    unit: connection.unit,
    table,
    from,
    count,
    requests,
    tookMs: Math.round(took),
    cells: cells.map((cell, at) => ({
      address: cell.address,
      modicon: modiconOf(table, cell.address),
      ...contentOf(cells, cell, at, isBits(table)),
    })),
    ...(expected && !isBits(table) ? { expected, hits: hitsIn(target, cells, expected) } : {}),
  };
}

function contentOf(cells: readonly Cell[], cell: Cell, at: number, bits: boolean) {
  if ("why" in cell) return { why: cell.why };
  if (bits) return { value: cell.raw === 1 };
  const values: Record<string, Record<string, number | string>> = {};
  for (const { format, order, value } of widths.flatMap((width) => decodingsAt(cells, at, width))) {
    values[format] = { ...values[format], [order]: plainNumber(value) };
  }
  return { hex: hexText(cell.raw), bits: bitsText(cell.raw), text: charactersText(cell.raw), values };
}

const hitsIn = ({ table }: ProbeTarget, cells: readonly Cell[], expected: Expected) =>
  hitsAmong(cells, expected).map(({ decoding: { address, format, order, value }, formats, exponent, scaled }) => ({
    address: { table, register: address, format, byteOrder: order },
    formats,
    factor: 10 ** exponent,
    raw: plainNumber(value),
    value: scaled,
  }));

const plainNumber = (value: number | bigint): number | string =>
  Number.isSafeInteger(Number(value)) || (typeof value === "number" && Number.isFinite(value))
    ? Number(value)
    : String(value);
