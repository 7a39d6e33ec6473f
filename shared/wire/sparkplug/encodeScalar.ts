import { CodedError } from "#shared/model/errors.ts";
import { fieldTag, scalarWireTypes } from "./fields.ts";
import { datatypes, type ScalarValue } from "./types.ts";
import { intRanges } from "./values.ts";
import type { Writer } from "./writer.ts";

const longRanges: Readonly<Record<number, readonly [min: bigint, max: bigint]>> = {
  [datatypes.Int64]: [-(2n ** 63n), 2n ** 63n - 1n],
  [datatypes.UInt64]: [0n, 2n ** 64n - 1n],
  [datatypes.DateTime]: [0n, 2n ** 64n - 1n],
};

/** Writes `value` into that one of the six scalar fields from `first` on that belongs to the datatype. */
export function encodeScalar(writer: Writer, first: number, value: ScalarValue, datatype: number): void {
  switch (datatype) {
    case datatypes.Double:
      if (typeof value !== "number") throw unfit(value, datatype);
      writer.double(tagOf(first, 3), value);
      return;
    case datatypes.Float:
      if (typeof value !== "number") throw unfit(value, datatype);
      writer.float(tagOf(first, 2), value);
      return;
    case datatypes.Boolean:
      if (typeof value !== "boolean") throw unfit(value, datatype);
      writer.boolean(tagOf(first, 4), value);
      return;
    case datatypes.String:
    case datatypes.Text:
    case datatypes.UUID:
      if (typeof value !== "string") throw unfit(value, datatype);
      writer.string(tagOf(first, 5), value);
      return;
    case datatypes.Unknown:
      encodeByForm(writer, first, value);
      return;
  }
  const int = intRanges[datatype];
  if (int) {
    if (typeof value !== "number" || !Number.isInteger(value)) throw unfit(value, datatype);
    if (value < int[0] || value > int[1]) throw tooFar(value, datatype);
    writer.uint32(tagOf(first, 0), value >>> 0);
    return;
  }
  const long = longRanges[datatype];
  if (!long) throw unfit(value, datatype);
  if (typeof value === "number" ? !Number.isSafeInteger(value) : typeof value !== "bigint")
    throw unfit(value, datatype);
  const whole = value as number | bigint;
  if (whole < long[0] || whole > long[1]) throw tooFar(whole, datatype);
  writer.uint64(tagOf(first, 1), whole);
}

/** Without a datatype, by what the value is. */
function encodeByForm(writer: Writer, first: number, value: ScalarValue): void {
  if (typeof value === "number") encodeScalar(writer, first, value, datatypes.Double);
  else if (typeof value === "boolean") encodeScalar(writer, first, value, datatypes.Boolean);
  else if (typeof value === "string") encodeScalar(writer, first, value, datatypes.String);
  else encodeScalar(writer, first, value, datatypes.UInt64);
}

const tagOf = (first: number, kind: 0 | 1 | 2 | 3 | 4 | 5): number => fieldTag(first + kind, scalarWireTypes[kind]);

const unfit = (value: ScalarValue, datatype: number) =>
  new CodedError("WRONG_TYPE", `A value of type ${typeof value} (${String(value)}) does not fit datatype ${datatype}.`);

const tooFar = (value: number | bigint, datatype: number) =>
  new CodedError("OUT_OF_RANGE", `${value} is beyond datatype ${datatype}.`);
