import fc from "fast-check";
import {
  type DatatypeName,
  datatypes,
  type Metric,
  type Payload,
  type ScalarValue,
} from "#shared/wire/sparkplug/types.ts";

/** Text without half surrogate pairs, which UTF-8 cannot carry. */
const text = fc.string({ unit: "binary", maxLength: 60 });
const whole = (min: number, max: number) => fc.integer({ min, max });
/** A bigint where it is beyond 2^53, as the codec gives it. */
const wide = (min: bigint, max: bigint) =>
  fc.bigInt({ min, max }).map((n) => (Number.isSafeInteger(Number(n)) ? Number(n) : n));
const real = fc.double();
const float = fc.float();
const bytes = fc.uint8Array({ maxLength: 40 });

const scalarsByType = {
  Int8: whole(-128, 127),
  Int16: whole(-(2 ** 15), 2 ** 15 - 1),
  Int32: whole(-(2 ** 31), 2 ** 31 - 1),
  Int64: wide(-(2n ** 63n), 2n ** 63n - 1n),
  UInt8: whole(0, 255),
  UInt16: whole(0, 2 ** 16 - 1),
  UInt32: whole(0, 2 ** 32 - 1),
  UInt64: wide(0n, 2n ** 64n - 1n),
  Float: float,
  Double: real,
  Boolean: fc.boolean(),
  String: text,
  DateTime: whole(0, 8.64e15),
  Text: text,
  UUID: fc.uuid(),
} satisfies Partial<Record<DatatypeName, fc.Arbitrary<ScalarValue>>>;

type ScalarName = keyof typeof scalarsByType;
const scalarNames = Object.keys(scalarsByType) as ScalarName[];
const anyScalar = fc.constantFrom(...scalarNames).chain((name) =>
  scalarsByType[name as ScalarName].map((value) => ({
    type: datatypes[name as ScalarName] as number,
    value: value as ScalarValue,
  })),
);

const arrayOf = (name: DatatypeName, element: fc.Arbitrary<ScalarValue>) =>
  fc.array(element, { maxLength: 20 }).map((value) => ({ datatype: datatypes[name] as number, value }));

const arrays = fc.oneof(
  arrayOf("Int8Array", scalarsByType.Int8),
  arrayOf("Int16Array", scalarsByType.Int16),
  arrayOf("Int32Array", scalarsByType.Int32),
  arrayOf("Int64Array", scalarsByType.Int64),
  arrayOf("UInt8Array", scalarsByType.UInt8),
  arrayOf("UInt16Array", scalarsByType.UInt16),
  arrayOf("UInt32Array", scalarsByType.UInt32),
  arrayOf("UInt64Array", scalarsByType.UInt64),
  arrayOf("FloatArray", float),
  arrayOf("DoubleArray", real),
  arrayOf("BooleanArray", fc.boolean()),
  arrayOf(
    "StringArray",
    text.filter((t) => !t.includes("\0")),
  ),
  arrayOf("DateTimeArray", scalarsByType.DateTime),
);

const dataSets = fc
  .array(fc.record({ column: text, name: fc.constantFrom(...scalarNames) }), { minLength: 1, maxLength: 4 })
  .chain((shape) =>
    fc.record({
      columns: fc.constant(shape.map(({ column }) => column)),
      types: fc.constant(shape.map(({ name }) => datatypes[name])),
      rows: fc.array(
        fc.tuple(...shape.map(({ name }) => fc.option(scalarsByType[name] as fc.Arbitrary<ScalarValue>))),
        { maxLength: 4 },
      ),
    }),
  )
  .map((value) => ({ datatype: datatypes.DataSet as number, value }));

const { propertySet } = fc.letrec((tie) => ({
  propertySet: fc.dictionary(fc.oneof(text, fc.constant("__proto__")), tie("property"), {
    maxKeys: 4,
    noNullPrototype: true,
  }),
  property: fc.oneof(
    { maxDepth: 1 },
    anyScalar,
    anyScalar.map(({ type }) => ({ type, value: null })),
    tie("propertySet").map((value) => ({ type: datatypes.PropertySet, value })),
    fc.array(tie("propertySet"), { maxLength: 2 }).map((value) => ({ type: datatypes.PropertySetList, value })),
  ),
}));

const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

const metricWith = (content: fc.Arbitrary<Pick<Metric, "datatype" | "value">>): fc.Arbitrary<Metric> =>
  fc
    .record({
      name: optional(text),
      alias: optional(wide(0n, 2n ** 64n - 1n)),
      timestamp: optional(whole(0, 8.64e15)),
      isHistorical: optional(fc.boolean()),
      isTransient: optional(fc.boolean()),
      properties: optional(propertySet as fc.Arbitrary<NonNullable<Metric["properties"]>>),
      content,
    })
    .map(({ content: { datatype, value }, ...rest }) => ({ ...rest, datatype, value }));

const scalarContent = anyScalar.map(({ type, value }) => ({ datatype: type, value }));
const flatContent = fc.oneof(
  { weight: 6, arbitrary: scalarContent },
  { weight: 2, arbitrary: arrays },
  { weight: 1, arbitrary: dataSets },
  { weight: 1, arbitrary: bytes.map((value) => ({ datatype: datatypes.Bytes as number, value })) },
  { weight: 1, arbitrary: bytes.map((value) => ({ datatype: datatypes.File as number, value })) },
  { weight: 1, arbitrary: scalarContent.map(({ datatype }) => ({ datatype, value: null })) },
  { weight: 1, arbitrary: scalarContent.map(({ datatype }) => ({ datatype, value: undefined })) },
);

const templates = fc
  .record({
    version: optional(text),
    templateRef: optional(text),
    isDefinition: fc.boolean(),
    metrics: fc.array(metricWith(flatContent), { maxLength: 3 }),
    parameters: fc.array(
      fc.record({ name: text, content: anyScalar, isNull: fc.boolean() }).map(({ name, content, isNull }) => ({
        name,
        type: content.type,
        value: isNull ? null : content.value,
      })),
      { maxLength: 3 },
    ),
  })
  .map((value) => ({ datatype: datatypes.Template as number, value }));

/** Any payload that the standard allows, with every datatype; every metric says its datatype. */
export const payloads: fc.Arbitrary<Payload> = fc.record({
  timestamp: optional(whole(0, 8.64e15)),
  metrics: fc.array(metricWith(fc.oneof({ weight: 5, arbitrary: flatContent }, { weight: 1, arbitrary: templates })), {
    maxLength: 6,
  }),
  seq: optional(whole(0, 255)),
  uuid: optional(text),
  body: optional(bytes),
});
