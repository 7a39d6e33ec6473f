import { cellField, dataSetField, fieldTag, rowField, wireType } from "./fields.ts";
import type { Reader } from "./reader.ts";
import type { DataSet, ScalarValue } from "./types.ts";
import { resolveValue } from "./values.ts";

const NUMBER_OF_COLUMNS = fieldTag(dataSetField.numberOfColumns, wireType.varint);
const COLUMNS = fieldTag(dataSetField.columns, wireType.bytes);
const TYPES = fieldTag(dataSetField.types, wireType.varint);
const TYPES_PACKED = fieldTag(dataSetField.types, wireType.bytes);
const ROWS = fieldTag(dataSetField.rows, wireType.bytes);
const ELEMENTS = fieldTag(rowField.elements, wireType.bytes);

/** A table; refused where columns, types and rows differ in width (payloads-dataset-column-size, -types-num). */
export function decodeDataSet(reader: Reader): DataSet {
  const outer = reader.enter();
  const columns: string[] = [];
  const types: number[] = [];
  const rows: (ScalarValue | null)[][] = [];
  let width: number | bigint | undefined;
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    if (tag === NUMBER_OF_COLUMNS) width = reader.uint64();
    else if (tag === COLUMNS) {
      reader.count(1);
      columns.push(reader.string());
    } else if (tag === TYPES) {
      reader.count(1);
      types.push(reader.uint32());
    } else if (tag === TYPES_PACKED) decodePacked(reader, types);
    else if (tag === ROWS) rows.push(decodeRow(reader));
    else reader.skipUnknown(tag, dataSetField.rows);
  }
  reader.leave(outer);
  const widths = [columns.length, types.length, ...rows.map((row) => row.length)];
  const expected = width ?? columns.length;
  if (widths.some((found) => found !== expected)) reader.fail(`a data set of ${expected} columns with other widths`);
  return { columns, types, rows: rows.map((row) => row.map((cell, i) => resolvedCell(cell, types[i] ?? 0))) };
}

const resolvedCell = (cell: ScalarValue | null, type: number): ScalarValue | null =>
  cell === null ? null : ((resolveValue(cell, type, 0) as ScalarValue | undefined) ?? cell);

function decodePacked(reader: Reader, types: number[]): void {
  const outer = reader.enter();
  while (reader.pos < reader.end) {
    reader.count(1);
    types.push(reader.uint32());
  }
  reader.leave(outer);
}

function decodeRow(reader: Reader): (ScalarValue | null)[] {
  reader.count(1);
  const outer = reader.enter();
  const cells: (ScalarValue | null)[] = [];
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    if (tag === ELEMENTS) cells.push(decodeCell(reader));
    else reader.skipUnknown(tag, rowField.elements);
  }
  reader.leave(outer);
  return cells;
}

/** Null is a cell without value. */
function decodeCell(reader: Reader): ScalarValue | null {
  reader.count(1);
  const outer = reader.enter();
  let value: ScalarValue | null = null;
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    if (tag >>> 3 < cellField.extension) value = reader.scalar(tag, cellField.scalars);
    else reader.skip(tag);
  }
  reader.leave(outer);
  return value;
}
