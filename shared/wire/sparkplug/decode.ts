import { decodeDataSet } from "./decodeDataSet.ts";
import { decodePropertySet } from "./decodeProperties.ts";
import { fieldTag, metricField, parameterField, payloadField, templateField, wireType } from "./fields.ts";
import { type DecodeLimits, Reader } from "./reader.ts";
import type { Metric, MetricValue, Payload, PropertySet, ScalarValue, Template } from "./types.ts";
import { resolveValue } from "./values.ts";

/** Above what any of our own messages needs: a birth with 10,000 tags has about 3 MB and 300,000 items. */
export const defaultDecodeLimits: DecodeLimits = { maxBytes: 2 ** 23, maxItems: 500_000, maxDepth: 16 };

/** Latest instant that a date can hold, ms UTC. */
const latestDate = 8.64e15;

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
const METADATA = fieldTag(metricField.metadata, wireType.bytes);
const PROPERTIES = fieldTag(metricField.properties, wireType.bytes);
const BYTES = fieldTag(metricField.bytes, wireType.bytes);
const DATA_SET = fieldTag(metricField.dataSet, wireType.bytes);
const TEMPLATE = fieldTag(metricField.template, wireType.bytes);
const EXTENSION = fieldTag(metricField.extension, wireType.bytes);

const VERSION = fieldTag(templateField.version, wireType.bytes);
const TEMPLATE_METRICS = fieldTag(templateField.metrics, wireType.bytes);
const PARAMETERS = fieldTag(templateField.parameters, wireType.bytes);
const TEMPLATE_REF = fieldTag(templateField.templateRef, wireType.bytes);
const IS_DEFINITION = fieldTag(templateField.isDefinition, wireType.varint);

const PARAMETER_NAME = fieldTag(parameterField.name, wireType.bytes);
const PARAMETER_TYPE = fieldTag(parameterField.type, wireType.varint);

/**
 * Reads a Sparkplug B payload. Throws `MALFORMED`, naming the byte, for anything that is none or goes beyond the limits;
 * which fields a message must have besides is up to its type, see `decodeMessage`.
 */
export function decodePayload(bytes: Uint8Array, limits: DecodeLimits = defaultDecodeLimits): Payload {
  const reader = new Reader(bytes, limits);
  const metrics: Metric[] = [];
  let timestamp: number | undefined;
  let seq: number | undefined;
  let uuid: string | undefined;
  let body: Uint8Array | undefined;
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case METRICS:
        metrics.push(decodeMetric(reader));
        break;
      case TIMESTAMP:
        timestamp = decodeTimestamp(reader);
        break;
      case SEQ:
        seq = decodeSeq(reader);
        break;
      case PAYLOAD_UUID:
        uuid = reader.string();
        break;
      case BODY:
        body = reader.bytes();
        break;
      default:
        reader.skipUnknown(tag, payloadField.body);
    }
  }
  return { timestamp, metrics, seq, uuid, body };
}

function decodeSeq(reader: Reader): number {
  const seq = reader.uint64();
  return typeof seq === "number" && seq <= 255 ? seq : reader.fail(`sequence number ${seq}`);
}

function decodeTimestamp(reader: Reader): number {
  const at = reader.uint64();
  return typeof at === "number" && at <= latestDate ? at : reader.fail(`timestamp ${at} beyond any date`);
}

function decodeMetric(reader: Reader): Metric {
  reader.count(1);
  const outer = reader.enter();
  let name: string | undefined;
  let alias: number | bigint | undefined;
  let timestamp: number | undefined;
  let datatype: number | undefined;
  let isHistorical: boolean | undefined;
  let isTransient: boolean | undefined;
  let isNull = false;
  let properties: PropertySet | undefined;
  let value: MetricValue | undefined;
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case NAME:
        name = reader.string();
        break;
      case ALIAS:
        alias = reader.uint64();
        break;
      case METRIC_TIMESTAMP:
        timestamp = decodeTimestamp(reader);
        break;
      case DATATYPE:
        datatype = reader.uint32();
        break;
      case IS_HISTORICAL:
        isHistorical = reader.boolean();
        break;
      case IS_TRANSIENT:
        isTransient = reader.boolean();
        break;
      case IS_NULL:
        isNull = reader.boolean();
        break;
      case PROPERTIES:
        properties = decodePropertySet(reader);
        break;
      case BYTES:
        value = reader.bytes();
        break;
      case DATA_SET:
        value = decodeDataSet(reader);
        break;
      case TEMPLATE:
        value = decodeTemplate(reader);
        break;
      case METADATA:
      case EXTENSION:
        reader.skip(tag);
        break;
      default:
        if (tag >>> 3 >= metricField.scalars && tag >>> 3 < metricField.bytes) {
          value = reader.scalar(tag, metricField.scalars);
        } else {
          reader.skipUnknown(tag, metricField.extension);
        }
    }
  }
  reader.leave(outer);
  if (datatype !== undefined && value !== undefined) value = resolved(reader, value, datatype);
  return {
    name,
    alias,
    timestamp,
    datatype,
    isHistorical,
    isTransient,
    properties,
    value: isNull ? null : value,
  };
}

/** The value of the datatype; as it came where it does not fit, so that one odd metric does not cost the message. */
function resolved(reader: Reader, value: MetricValue, datatype: number): MetricValue {
  const fitting = resolveValue(value, datatype, reader.itemsLeft) ?? value;
  if (Array.isArray(fitting)) reader.count(fitting.length);
  return fitting;
}

function decodeTemplate(reader: Reader): Template {
  const outer = reader.enter();
  const metrics: Metric[] = [];
  const parameters: Template["parameters"][number][] = [];
  let version: string | undefined;
  let templateRef: string | undefined;
  let isDefinition = false;
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    if (tag === VERSION) version = reader.string();
    else if (tag === TEMPLATE_METRICS) metrics.push(decodeMetric(reader));
    else if (tag === PARAMETERS) parameters.push(decodeParameter(reader));
    else if (tag === TEMPLATE_REF) templateRef = reader.string();
    else if (tag === IS_DEFINITION) isDefinition = reader.boolean();
    else reader.skipUnknown(tag, templateField.isDefinition);
  }
  reader.leave(outer);
  return { version, templateRef, isDefinition, metrics, parameters };
}

function decodeParameter(reader: Reader): Template["parameters"][number] {
  reader.count(1);
  const outer = reader.enter();
  let name = "";
  let type = 0;
  let value: ScalarValue | null = null;
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    if (tag === PARAMETER_NAME) name = reader.string();
    else if (tag === PARAMETER_TYPE) type = reader.uint32();
    else if (tag >>> 3 >= parameterField.scalars && tag >>> 3 < parameterField.extension) {
      value = reader.scalar(tag, parameterField.scalars);
    } else if (tag >>> 3 === parameterField.extension) reader.skip(tag);
    else reader.skipUnknown(tag, parameterField.extension);
  }
  reader.leave(outer);
  return {
    name,
    type,
    value: value === null ? null : ((resolveValue(value, type, 0) as ScalarValue | undefined) ?? value),
  };
}
