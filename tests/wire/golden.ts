import { type Sample, tagId } from "#shared/model/sample.ts";
import { instant } from "#shared/model/time.ts";
import { ackPayload, batchMetric, deathPayload } from "#shared/wire/delivery.ts";
import { sampleMetric } from "#shared/wire/sampleMetric.ts";
import { datatypes, type Payload } from "#shared/wire/sparkplug/types.ts";
import { birthMetric } from "#shared/wire/tagMetric.ts";

const at = instant(1_790_000_000_000);
const temperature = tagId({ platform: "demo", line: "l1", equipment: "r1", tag: "T" });
const good: Sample = { tag: temperature, at, quality: "good", value: 81.25 };
const stale: Sample = { tag: temperature, at, quality: "bad", value: null, reason: "STALE" };

/** The payloads whose bytes format.md explains, by its headings. */
export const goldens: Readonly<Record<string, Payload>> = {
  "Death of a node (NDEATH)": deathPayload(7, at),
  "Birth of a tag (DBIRTH)": {
    timestamp: at,
    metrics: [
      birthMetric(
        {
          tag: temperature,
          name: { zh: "釜温" },
          type: "float",
          unit: "Cel",
          meaning: "process",
          decimals: 1,
          staleAfterMs: 3_000,
          gapAfterMs: 3_000,
          key: true,
        },
        5,
        good,
        at,
      ),
    ],
    seq: 1,
  },
  "A batch (DDATA)": {
    timestamp: at,
    metrics: [
      sampleMetric(good, 5, false, datatypes.Double),
      sampleMetric(stale, 6, true, datatypes.Double),
      sampleMetric({ ...good, value: -3 }, 7, false, datatypes.Int64),
      batchMetric(9, { queueId: "q1", number: 42 }, at),
    ],
    seq: 2,
  },
  "An acknowledgement (NCMD)": ackPayload(
    {
      queueId: "q1",
      ranges: [
        [1, 40],
        [42, 42],
      ],
    },
    at,
  ),
};
