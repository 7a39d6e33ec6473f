import { CodedError } from "#shared/model/errors.ts";
import { bdSeqOf } from "../delivery.ts";
import type { MessageType } from "../topics.ts";
import { decodePayload, defaultDecodeLimits } from "./decode.ts";
import type { DecodeLimits } from "./reader.ts";
import type { Payload } from "./types.ts";

/** What a message of each type must have besides being well formed. */
const demands: Record<MessageType, "seq" | "bdSeq" | "metrics"> = {
  NBIRTH: "seq",
  DBIRTH: "seq",
  NDATA: "seq",
  DDATA: "seq",
  DDEATH: "seq",
  NDEATH: "bdSeq",
  NCMD: "metrics",
  DCMD: "metrics",
};

/**
 * `decodePayload` and the fields without which a message of its type means nothing
 * (payloads-sequence-num-always-included, topics-ndeath-payload); throws `MALFORMED`. As our encoder writes `seq` last,
 * no part of a birth or of data passes for the whole.
 */
export function decodeMessage(
  type: MessageType,
  bytes: Uint8Array,
  limits: DecodeLimits = defaultDecodeLimits,
): Payload {
  const payload = decodePayload(bytes, limits);
  const demand = demands[type];
  const there =
    demand === "seq"
      ? payload.seq !== undefined
      : demand === "bdSeq"
        ? bdSeqOf(payload) !== undefined
        : payload.metrics.length > 0;
  if (!there) throw new CodedError("MALFORMED", `Sparkplug payload: a message of type ${type} without ${demand}.`);
  return payload;
}
