import type { Sample, TagId } from "#shared/model/sample.ts";
import type { EpochMs } from "#shared/model/time.ts";
import { deathPayload, formatAck, nodeBirthMetrics } from "#shared/wire/delivery.ts";
import { encodePayload } from "#shared/wire/sparkplug/encode.ts";
import { datatypes, type Metric } from "#shared/wire/sparkplug/types.ts";
import { sparkplugTopic } from "#shared/wire/topics.ts";
import type { Loss } from "../outbox/losses.ts";
import type { Outgoing } from "../outbox/port.ts";
import type { Catalogue } from "./catalogue.ts";

/**
 * NBIRTH and NDATA: batches that were given up and so are a gap, each `<queue id>;<ranges>;<samples>;<from>;<to>` with
 * the source times of the first and the last sample in ms, empty where unknown; separated by blanks. A host that
 * acknowledges the ranges has taken note.
 */
const droppedName = "Transport/Dropped";
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
  nbirth(losses: readonly Loss[], status: readonly Metric[], at: EpochMs): Message;
  dbirth(device: string, at: EpochMs): Message;
  ddeath(device: string, at: EpochMs): Message;
  ddata(out: Outgoing, historical: boolean, at: EpochMs): Message;
  /** NDATA with the batches given up since the birth. */
  dropped(losses: readonly Loss[], at: EpochMs): Message;
  /** NDATA with what changed in the status of the devices. */
  status(changes: readonly Metric[], at: EpochMs): Message;
}

export const droppedText = (losses: readonly Loss[]): string =>
  losses.map((loss) => [formatAck(loss), loss.samples, loss.from ?? "", loss.to ?? ""].join(";")).join(" ");

/** Only a birth says the datatype (payloads-metric-datatype-not-req). */
const droppedMetric = (losses: readonly Loss[], at: EpochMs, type: "datatype" | "declaredType"): Metric => ({
  name: droppedName,
  timestamp: at,
  [type]: datatypes.String,
  value: droppedText(losses),
});

/** NDEATH, also as the will: no seq. */
export const ndeath = ({ group, edge }: NodeName, bdSeq: number, at: EpochMs): Message => ({
  topic: sparkplugTopic({ group, edge, type: "NDEATH" }),
  payload: encodePayload(deathPayload(bdSeq, at)),
});

export function createComposer(
  { group, edge }: NodeName,
  catalogue: Catalogue,
  last: (tag: TagId) => Sample | undefined,
  session: { readonly bdSeq: number; readonly queueId: string },
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
    nbirth: (losses, status, at) => {
      // topics-nbirth-seq-num: a birth begins at 0 again.
      seq = 0;
      return compose(
        "NBIRTH",
        [...nodeBirthMetrics({ ...session, at }), droppedMetric(losses, at, "datatype"), ...status],
        at,
      );
    },
    dbirth: (device, at) => compose("DBIRTH", catalogue.birth(device, last, at), at, device),
    ddeath: (device, at) => compose("DDEATH", [], at, device),
    ddata: (out, historical, at) => compose("DDATA", catalogue.data(out, historical, at), at, out.device),
    status: (changes, at) => compose("NDATA", changes, at),
    dropped: (losses, at) => compose("NDATA", [droppedMetric(losses, at, "declaredType")], at),
  };
}
