import { CodedError } from "#shared/model/errors.ts";
import { formatRanges, parseRanges, type Ranges } from "#shared/model/ranges.ts";
import type { BatchName } from "#shared/model/sample.ts";
import { type EpochMs, instant } from "#shared/model/time.ts";
import { datatypes, type Metric, type Payload } from "./sparkplug/types.ts";

/** Names of the metrics that carry the end-to-end acknowledgement (D3), and of the standard's own. */
export const metricNames = {
  /** DBIRTH and last metric of every DDATA, also of an NDATA with a gap: `<queue id>:<number>`, transient. */
  batch: "Transport/Batch",
  /** NBIRTH: the queue id under which new batches are made. */
  queueId: "Transport/Queue Id",
  /** NBIRTH and NDATA: what the gateway lost, see `lostData.ts`; acknowledged like a batch. */
  gap: "Transport/Gap",
  /** NBIRTH and NCMD: `<queue id>;<ranges>`. */
  batchAck: "Node Control/Batch Ack",
  /** NBIRTH and NCMD: send everything again that was accepted since this time, ms UTC, and is still there. */
  replayFrom: "Node Control/Replay From",
  /** NBIRTH and NCMD (tck-id topics-nbirth-rebirth-metric). */
  rebirth: "Node Control/Rebirth",
  /** NBIRTH and NDATA: how the gateway's devices do, `Node Status/<device>/<figure>`. */
  statusPrefix: "Node Status/",
  /** NBIRTH and NDEATH: birth and death sequence number, 0 to 255. */
  bdSeq: "bdSeq",
} as const;

/** Which batches of a queue are stored for good. */
export interface BatchAck {
  readonly queueId: string;
  readonly ranges: Ranges;
}

const queueIdPattern = /^[A-Za-z0-9_-]{1,64}$/;

export const formatBatchName = ({ queueId, number }: BatchName): string => `${queueId}:${number}`;

/** The inverse of `formatBatchName`; throws `MALFORMED` for anything else. */
export function parseBatchName(text: string): BatchName {
  const [queueId, number, ...more] = text.split(":");
  if (queueId && number && more.length === 0 && queueIdPattern.test(queueId) && /^\d{1,15}$/.test(number)) {
    return { queueId, number: Number(number) };
  }
  throw new CodedError("MALFORMED", `\`${text.slice(0, 100)}\` is not the name of a batch, <queue id>:<number>.`);
}

export const formatAck = ({ queueId, ranges }: BatchAck): string => `${queueId};${formatRanges(ranges)}`;

/** The inverse of `formatAck`; throws `MALFORMED` for anything else. */
export function parseAck(text: string): BatchAck {
  const [queueId, ranges, ...more] = text.split(";");
  if (queueId && ranges !== undefined && more.length === 0 && queueIdPattern.test(queueId)) {
    return { queueId, ranges: parseRanges(ranges) };
  }
  throw new CodedError("MALFORMED", `\`${text.slice(0, 100)}\` is not an acknowledgement, <queue id>;<ranges>.`);
}

/** Announces the batch metric in a DBIRTH. */
export const batchBirthMetric = (alias: number, at: EpochMs): Metric => ({
  name: metricNames.batch,
  alias,
  timestamp: at,
  datatype: datatypes.String,
  isTransient: true,
  value: "",
});

/** The last metric of a DDATA; `at` is the time of sending. */
export const batchMetric = (alias: number, name: BatchName, at: EpochMs): Metric => ({
  alias,
  timestamp: at,
  declaredType: datatypes.String,
  isTransient: true,
  value: formatBatchName(name),
});

/** The same in an NDATA: the node's own metrics have no alias. */
export const nodeBatchMetric = (name: BatchName, at: EpochMs): Metric => ({
  name: metricNames.batch,
  timestamp: at,
  declaredType: datatypes.String,
  isTransient: true,
  value: formatBatchName(name),
});

/**
 * Metrics of the edge node itself, the first of every NBIRTH; without aliases, so that a host can use them at once. With
 * `isPlain` the node takes no acknowledgements.
 */
export const nodeBirthMetrics = (node: {
  bdSeq: number;
  queueId: string;
  at: EpochMs;
  isPlain?: boolean;
}): readonly Metric[] => [
  { name: metricNames.bdSeq, timestamp: node.at, datatype: datatypes.Int64, value: node.bdSeq },
  { name: metricNames.rebirth, timestamp: node.at, datatype: datatypes.Boolean, value: false },
  ...(node.isPlain
    ? []
    : [
        { name: metricNames.batchAck, timestamp: node.at, datatype: datatypes.String, value: "" },
        { name: metricNames.replayFrom, timestamp: node.at, datatype: datatypes.UInt64, value: null },
      ]),
  { name: metricNames.queueId, timestamp: node.at, datatype: datatypes.String, value: node.queueId },
  { name: metricNames.batch, timestamp: node.at, datatype: datatypes.String, isTransient: true, value: "" },
];

/** NDEATH: one metric, no seq (topics-ndeath-payload, topics-ndeath-seq). */
export const deathPayload = (bdSeq: number, at: EpochMs): Payload => ({
  timestamp: at,
  metrics: [{ name: metricNames.bdSeq, timestamp: at, datatype: datatypes.Int64, value: bdSeq }],
});

/** NCMD: these batches are stored. No seq (payloads-ncmd-seq); datatype as the Eclipse test kit wants it. */
export const ackPayload = (ack: BatchAck, at: EpochMs): Payload => ({
  timestamp: at,
  metrics: [{ name: metricNames.batchAck, timestamp: at, datatype: datatypes.String, value: formatAck(ack) }],
});

/** NCMD: send all births again. */
export const rebirthPayload = (at: EpochMs): Payload => ({
  timestamp: at,
  metrics: [{ name: metricNames.rebirth, timestamp: at, datatype: datatypes.Boolean, value: true }],
});

/** All acknowledgements in an NCMD; throws `MALFORMED` where one is none. */
export const acksIn = ({ metrics }: Payload): readonly BatchAck[] =>
  metrics.flatMap(({ name, value }) =>
    name === metricNames.batchAck && typeof value === "string" && value !== "" ? [parseAck(value)] : [],
  );

/** True where an NCMD asks for a rebirth. */
export const asksRebirth = ({ metrics }: Payload): boolean =>
  metrics.some(({ name, value }) => name === metricNames.rebirth && value === true);

/** NCMD: send again what was accepted since `from`, as after a restore of the store. */
export const replayPayload = (from: EpochMs, at: EpochMs): Payload => ({
  timestamp: at,
  metrics: [{ name: metricNames.replayFrom, timestamp: at, datatype: datatypes.UInt64, value: from }],
});

/** The time from which an NCMD wants everything again; undefined where it does not. */
export function replayFromIn({ metrics }: Payload): EpochMs | undefined {
  const value = metrics.find(({ name }) => name === metricNames.replayFrom)?.value;
  return typeof value === "number" ? instant(value) : undefined;
}

/** bdSeq of an NBIRTH or NDEATH, Int64 by the text of the standard, UInt64 by its example; undefined where absent. */
export function bdSeqOf({ metrics }: Payload): number | undefined {
  const value = metrics.find(({ name }) => name === metricNames.bdSeq)?.value;
  return typeof value === "number" ? value : undefined;
}
