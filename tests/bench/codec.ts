import protobuf from "protobufjs";
import { decodePayload } from "#shared/wire/sparkplug/decode.ts";
import { encodePayload } from "#shared/wire/sparkplug/encode.ts";
import { datatypes, type Payload } from "#shared/wire/sparkplug/types.ts";
import { type Benchmark, cpuMs, figure, median } from "./figure.ts";

const metricsPerPayload = 200;
const rounds = 9;
const roundMs = 150;

/** The fields that data messages use, so that protobufjs does the same work. */
const reference = protobuf.Root.fromJSON({
  nested: {
    Metric: {
      fields: {
        alias: { type: "uint64", id: 2 },
        timestamp: { type: "uint64", id: 3 },
        datatype: { type: "uint32", id: 4 },
        doubleValue: { type: "double", id: 13 },
      },
    },
    Payload: {
      fields: {
        timestamp: { type: "uint64", id: 1 },
        metrics: { rule: "repeated", type: "Metric", id: 2 },
        seq: { type: "uint64", id: 3 },
      },
    },
  },
}).lookupType("Payload");

const at = 1_790_000_000_000;
const values = Array.from({ length: metricsPerPayload }, (_, i) => 200 + Math.round(Math.sin(i) * 1e6) / 1e4);

const ours: Payload = {
  timestamp: at,
  seq: 7,
  metrics: values.map((value, i) => ({ alias: i + 1, timestamp: at + i, datatype: datatypes.Double, value })),
};
const theirs = {
  timestamp: at,
  seq: 7,
  metrics: values.map((doubleValue, i) => ({ alias: i + 1, timestamp: at + i, datatype: 10, doubleValue })),
};

/** Million metrics per CPU second, the median of some rounds. */
function rate(work: () => unknown): number {
  const measured = Array.from({ length: rounds }, () => {
    const start = process.cpuUsage();
    let done = 0;
    while (cpuMs(start) < roundMs) {
      for (let i = 0; i < 50; i++) work();
      done += 50 * metricsPerPayload;
    }
    return done / cpuMs(start) / 1_000;
  });
  return median(measured);
}

export const codec: Benchmark = {
  summary: `Sparkplug codec, ${metricsPerPayload} doubles per message, per CPU second.`,
  run: async () => {
    const bytes = encodePayload(ours);
    const theirBytes = reference.encode(theirs).finish();
    if (Buffer.compare(bytes, theirBytes) !== 0) throw new Error("The two encoders disagree: nothing to compare.");
    const encode = { ours: rate(() => encodePayload(ours)), theirs: rate(() => reference.encode(theirs).finish()) };
    const decode = { ours: rate(() => decodePayload(bytes)), theirs: rate(() => reference.decode(bytes)) };
    return [
      figure("codec: encode", encode.ours, "M metrics/s", { name: "protobufjs", value: encode.theirs }),
      figure("codec: decode", decode.ours, "M metrics/s", { name: "protobufjs", value: decode.theirs }),
    ];
  },
};
