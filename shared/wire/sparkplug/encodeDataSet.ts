import { CodedError } from "#shared/model/errors.ts";
import { encodeScalar } from "./encodeScalar.ts";
import { cellField, dataSetField, fieldTag, rowField, wireType } from "./fields.ts";
import type { DataSet } from "./types.ts";
import type { Writer } from "./writer.ts";

const NUMBER_OF_COLUMNS = fieldTag(dataSetField.numberOfColumns, wireType.varint);
const COLUMNS = fieldTag(dataSetField.columns, wireType.bytes);
const TYPES = fieldTag(dataSetField.types, wireType.varint);
const ROWS = fieldTag(dataSetField.rows, wireType.bytes);
const ELEMENTS = fieldTag(rowField.elements, wireType.bytes);

/** Columns, types and every row are of one width (payloads-dataset-column-size, -types-num); a null cell is empty. */
export function encodeDataSet(writer: Writer, tag: number, { columns, types, rows }: DataSet): void {
  const width = columns.length;
  if (types.length !== width || rows.some((row) => row.length !== width)) {
    throw new CodedError("WRONG_TYPE", `A data set of ${width} columns has types or rows of another width.`);
  }
  const mark = writer.open(tag);
  writer.uint64(NUMBER_OF_COLUMNS, width);
  for (const column of columns) writer.string(COLUMNS, column);
  for (const type of types) writer.uint32(TYPES, type);
  for (const row of rows) {
    const rowMark = writer.open(ROWS);
    row.forEach((cell, i) => {
      const cellMark = writer.open(ELEMENTS);
      if (cell !== null) encodeScalar(writer, cellField.scalars, cell, types[i] ?? 0);
      writer.close(cellMark);
    });
    writer.close(rowMark);
  }
  writer.close(mark);
}
