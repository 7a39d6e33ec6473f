import type { Sample, TagId } from "#shared/model/sample.ts";
import type { EpochMs } from "#shared/model/time.ts";
import { deathPayload, nodeBatchMetric, nodeBirthMetrics } from "#shared/wire/delivery.ts";
import { lostDataMetric } from "#shared/wire/lostData.ts";
import { encodePayload } from "#shared/wire/sparkplug/encode.ts";
import type { Metric } from "#shared/wire/sparkplug/types.ts";
import { sparkplugTopic } from "#shared/wire/topics.ts";
import type { Outgoing } from "../outbox/port.ts";
import type { GapContent } from "../outbox/record.ts";
import type { Catalogue, OutgoingBatch } from "./catalogue.ts";

const sequenceModulus = 256;

export interface NodeName {
  readonly group: string;
  readonly edge: string;
}

/** A message ready to be published at QoS 0. */
export interface Message {
  readonly topic: string;
  readonly payload: Uint8Array;
}

/** The messages of one session; numbers them over all topics of the node (payloads-sequence-num-incrementing). */
export interface Composer {
  nbirth(status: readonly Metric[], at: EpochMs): Message;
  dbirth(device: string, at: EpochMs): Message;
  ddeath(device: string, at: EpochMs): Message;
  ddata(out: OutgoingBatch, historical: boolean, at: EpochMs): Message;
  /** NDATA with the record of a gap and its batch name. */
  gap(out: Outgoing & GapContent, at: EpochMs): Message;
  /** NDATA with what changed in the status of the devices and of the transport. */
  status(changes: readonly Metric[], at: EpochMs): Message;
}

/** NDEATH, also as the will: no seq. */
export const ndeath = ({ group, edge }: NodeName, bdSeq: number, at: EpochMs): Message => ({
  topic: sparkplugTopic({ group, edge, type: "NDEATH" }),
  payload: encodePayload(deathPayload(bdSeq, at)),
});

export function createComposer(
  { group, edge }: NodeName,
  catalogue: Catalogue,
  last: (tag: TagId) => Sample | undefined,
  session: { readonly bdSeq: number; readonly queueId: string; readonly isPlain: boolean },
): Composer {
  let seq = 0;
  const compose = (
    type: "NBIRTH" | "NDATA" | "DBIRTH" | "DDATA" | "DDEATH",
    metrics: readonly Metric[],
    timestamp: EpochMs,
    device?: string,
  ): Message => {
    const payload = encodePayload({ timestamp, metrics, seq });
    seq = (seq + 1) % sequenceModulus;
    return { topic: sparkplugTopic({ group, edge, type, ...(device === undefined ? {} : { device }) }), payload };
  };
  return {
    nbirth: (status, at) => {
      // topics-nbirth-seq-num: a birth begins at 0 again.
      seq = 0;
      return compose("NBIRTH", [...nodeBirthMetrics({ ...session, at }), lostDataMetric(null, at), ...status], at);
    },
    dbirth: (device, at) => compose("DBIRTH", catalogue.birth(device, last, at), at, device),
    ddeath: (device, at) => compose("DDEATH", [], at, device),
    ddata: (out, historical, at) => compose("DDATA", catalogue.data(out, historical, at), at, out.device),
    gap: ({ lost, name }, at) => compose("NDATA", [lostDataMetric(lost, at), nodeBatchMetric(name, at)], at),
    status: (changes, at) => compose("NDATA", changes, at),
  };
}
