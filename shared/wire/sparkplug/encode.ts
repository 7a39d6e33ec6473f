import { CodedError } from "#shared/model/errors.ts";
import { isArrayType, writeArray } from "./arrays.ts";
import { encodeDataSet } from "./encodeDataSet.ts";
import { encodePropertySet } from "./encodeProperties.ts";
import { encodeScalar } from "./encodeScalar.ts";
import { fieldTag, metricField, parameterField, payloadField, templateField, wireType } from "./fields.ts";
import { datatypes, type Metric, type MetricValue, type Payload, type ScalarValue, type Template } from "./types.ts";
import { Writer } from "./writer.ts";

const TIMESTAMP = fieldTag(payloadField.timestamp, wireType.varint);
const METRICS = fieldTag(payloadField.metrics, wireType.bytes);
const SEQ = fieldTag(payloadField.seq, wireType.varint);
const PAYLOAD_UUID = fieldTag(payloadField.uuid, wireType.bytes);
const BODY = fieldTag(payloadField.body, wireType.bytes);

const NAME = fieldTag(metricField.name, wireType.bytes);
const ALIAS = fieldTag(metricField.alias, wireType.varint);
const METRIC_TIMESTAMP = fieldTag(metricField.timestamp, wireType.varint);
const DATATYPE = fieldTag(metricField.datatype, wireType.varint);
const IS_HISTORICAL = fieldTag(metricField.isHistorical, wireType.varint);
const IS_TRANSIENT = fieldTag(metricField.isTransient, wireType.varint);
const IS_NULL = fieldTag(metricField.isNull, wireType.varint);
const PROPERTIES = fieldTag(metricField.properties, wireType.bytes);
const BYTES = fieldTag(metricField.bytes, wireType.bytes);
const DATA_SET = fieldTag(metricField.dataSet, wireType.bytes);
const TEMPLATE = fieldTag(metricField.template, wireType.bytes);

const VERSION = fieldTag(templateField.version, wireType.bytes);
const TEMPLATE_METRICS = fieldTag(templateField.metrics, wireType.bytes);
const PARAMETERS = fieldTag(templateField.parameters, wireType.bytes);
const TEMPLATE_REF = fieldTag(templateField.templateRef, wireType.bytes);
const IS_DEFINITION = fieldTag(templateField.isDefinition, wireType.varint);

const PARAMETER_NAME = fieldTag(parameterField.name, wireType.bytes);
const PARAMETER_TYPE = fieldTag(parameterField.type, wireType.varint);

/** A DATA metric with alias, time and a double has 23 bytes. */
const expectedMetricBytes = 32;

/**
 * Writes a Sparkplug B payload, fields in ascending order with `seq` behind the metrics. Throws `OUT_OF_RANGE` or
 * `WRONG_TYPE` where a value does not fit its datatype: what is sent is always right.
 *
 * A metric without `datatype` and `declaredType` is written by what its value is in JavaScript: number as
 * double_value, bigint as long_value.
 */
export function encodePayload(payload: Payload): Uint8Array {
  const writer = new Writer(64 + payload.metrics.length * expectedMetricBytes);
  if (payload.timestamp !== undefined) writer.uint64(TIMESTAMP, unsigned(payload.timestamp, "timestamp"));
  for (const metric of payload.metrics) encodeMetric(writer, METRICS, metric);
  if (payload.seq !== undefined) {
    if (!(payload.seq <= 255)) throw new CodedError("OUT_OF_RANGE", `Sequence number ${payload.seq} is not 0 to 255.`);
    writer.uint64(SEQ, unsigned(payload.seq, "sequence number"));
  }
  if (payload.uuid !== undefined) writer.string(PAYLOAD_UUID, payload.uuid);
  if (payload.body !== undefined) writer.bytes(BODY, payload.body);
  return writer.finish();
}

function unsigned(n: number | bigint, what: string): number | bigint {
  if (typeof n === "bigint" ? n >= 0n && n < 2n ** 64n : Number.isSafeInteger(n) && n >= 0) return n;
  throw new CodedError("OUT_OF_RANGE", `${n} is no ${what}: it takes a whole number from 0.`);
}

function encodeMetric(writer: Writer, tag: number, metric: Metric): void {
  const mark = writer.open(tag);
  if (metric.name !== undefined) writer.string(NAME, metric.name);
  if (metric.alias !== undefined) writer.uint64(ALIAS, unsigned(metric.alias, "alias"));
  if (metric.timestamp !== undefined) writer.uint64(METRIC_TIMESTAMP, unsigned(metric.timestamp, "timestamp"));
  if (metric.datatype !== undefined) writer.uint32(DATATYPE, metric.datatype);
  if (metric.isHistorical !== undefined) writer.boolean(IS_HISTORICAL, metric.isHistorical);
  if (metric.isTransient !== undefined) writer.boolean(IS_TRANSIENT, metric.isTransient);
  if (metric.value === null) writer.boolean(IS_NULL, true);
  if (metric.properties !== undefined) encodePropertySet(writer, PROPERTIES, metric.properties);
  if (metric.value !== null && metric.value !== undefined) {
    encodeValue(writer, metric.value, metric.datatype ?? metric.declaredType ?? datatypes.Unknown);
  }
  writer.close(mark);
}

function encodeValue(writer: Writer, value: MetricValue, datatype: number): void {
  if (typeof value !== "object") encodeScalar(writer, metricField.scalars, value, datatype);
  else if (value instanceof Uint8Array) {
    if (datatype !== datatypes.Bytes && datatype !== datatypes.File && datatype !== datatypes.Unknown) {
      throw new CodedError("WRONG_TYPE", `Bytes do not fit datatype ${datatype}.`);
    }
    writer.bytes(BYTES, value);
  } else if ("columns" in value) encodeDataSet(writer, DATA_SET, value);
  else if ("metrics" in value) encodeTemplate(writer, value);
  else if (isArrayType(datatype)) writer.bytes(BYTES, writeArray(value, datatype));
  else throw new CodedError("WRONG_TYPE", `An array does not fit datatype ${datatype}.`);
}

function encodeTemplate(writer: Writer, template: Template): void {
  const mark = writer.open(TEMPLATE);
  if (template.version !== undefined) writer.string(VERSION, template.version);
  for (const metric of template.metrics) encodeMetric(writer, TEMPLATE_METRICS, metric);
  for (const parameter of template.parameters) encodeParameter(writer, parameter);
  if (template.templateRef !== undefined) writer.string(TEMPLATE_REF, template.templateRef);
  writer.boolean(IS_DEFINITION, template.isDefinition);
  writer.close(mark);
}

function encodeParameter(
  writer: Writer,
  { name, type, value }: { readonly name: string; readonly type: number; readonly value: ScalarValue | null },
): void {
  const mark = writer.open(PARAMETERS);
  writer.string(PARAMETER_NAME, name);
  writer.uint32(PARAMETER_TYPE, type);
  if (value !== null) encodeScalar(writer, parameterField.scalars, value, type);
  writer.close(mark);
}
