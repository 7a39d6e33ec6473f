import { Type } from "typebox";
import { CodedError } from "#shared/model/errors.ts";
import { type GapCause, gapCauses, parseTagId, type TagId } from "#shared/model/sample.ts";
import { type EpochMs, instant } from "#shared/model/time.ts";
import { checkedJson } from "./checkedJson.ts";
import { type BatchAck, formatAck, metricNames, parseAck } from "./delivery.ts";
import { datatypes, type Metric, type Payload } from "./sparkplug/types.ts";

/** What is lost of one tag: source times of the first and the last sample. */
export interface LostTag {
  readonly tag: TagId;
  readonly from: EpochMs;
  readonly to: EpochMs;
  /** Null where nobody could count them. */
  readonly samples: number | null;
}

/**
 * Batches that a gateway gave up, for the gap ledger (D11). It travels as JSON in the String metric `Transport/Gap` of an
 * NDATA, under a batch name of its own, and is acknowledged like a batch:
 * `{"batches": ["<queue id>;<ranges>"…], "cause": …, "tags": [["<tag id>", from ms, to ms, samples or null]…]}`.
 */
export interface LostData {
  readonly batches: readonly BatchAck[];
  readonly cause: GapCause;
  /** Empty where nobody could read what was lost. */
  readonly tags: readonly LostTag[];
}

export const formatLostData = ({ batches, cause, tags }: LostData): string =>
  JSON.stringify({
    batches: batches.map(formatAck),
    cause,
    tags: tags.map(({ tag, from, to, samples }) => [tag, from, to, samples]),
  });

const shape = checkedJson(
  "Transport/Gap",
  Type.Object({
    batches: Type.Array(Type.String()),
    cause: Type.Enum([...gapCauses]),
    tags: Type.Array(
      Type.Tuple([
        Type.String(),
        Type.Integer(),
        Type.Integer(),
        Type.Union([Type.Integer({ minimum: 0 }), Type.Null()]),
      ]),
    ),
  }),
);

/** The inverse of `formatLostData`; throws `MALFORMED` for anything else. */
export function parseLostData(text: string): LostData {
  const { batches, cause, tags } = shape(text);
  return {
    batches: batches.map(parseAck),
    cause,
    tags: tags.map(([tag, from, to, samples]): LostTag => {
      if (!parseTagId(tag) || to < from)
        throw new CodedError("MALFORMED", `\`${tag}\`, ${from} to ${to}, is no lost tag.`);
      return { tag: tag as TagId, from: instant(from), to: instant(to), samples };
    }),
  };
}

/**
 * Announces the metric in an NBIRTH, or carries what was lost in an NDATA. Only a birth says the datatype
 * (payloads-metric-datatype-not-req).
 */
export const lostDataMetric = (lost: LostData | null, at: EpochMs): Metric => ({
  name: metricNames.gap,
  timestamp: at,
  [lost ? "declaredType" : "datatype"]: datatypes.String,
  value: lost ? formatLostData(lost) : "",
});

/** What the gateway lost, of an NDATA; throws `MALFORMED`. */
export const lostDataIn = ({ metrics }: Payload): readonly LostData[] =>
  metrics.flatMap(({ name, value }) =>
    name === metricNames.gap && typeof value === "string" && value !== "" ? [parseLostData(value)] : [],
  );
