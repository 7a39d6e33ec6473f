import { expect, test } from "vitest";
import { instant } from "#shared/model/time.ts";
import { decodePayload } from "#shared/wire/sparkplug/decode.ts";
import { encodePayload } from "#shared/wire/sparkplug/encode.ts";
import { datatypes, type Metric } from "#shared/wire/sparkplug/types.ts";
import { EdgeNode } from "../../ingest/host/edgeNode.ts";

test("the status of a gateway's devices makes no tags, and its changes ask for no rebirth", () => {
  const node = new EdgeNode("p", "g");
  const now = instant(1_000);
  const birth: readonly Metric[] = [
    { name: "bdSeq", timestamp: now, datatype: datatypes.Int64, value: 0 },
    { name: "Node Status/plc-1/Connection", timestamp: now, datatype: datatypes.String, value: "connecting" },
    { name: "Node Status/plc-1/Cadence", timestamp: now, datatype: datatypes.Double, value: null },
  ];
  const wire = (metrics: readonly Metric[], seq: number) =>
    decodePayload(encodePayload({ timestamp: now, metrics, seq }));
  expect(node.receive({ group: "p", edge: "g", type: "NBIRTH" }, wire(birth, 0), now, "a")).toMatchObject({
    kind: "birth",
    samples: [],
  });
  const change = [
    {
      name: "Node Status/plc-1/Connection",
      timestamp: now,
      declaredType: datatypes.String,
      value: "connected",
    },
    { name: "Node Status/plc-1/Cadence", timestamp: now, declaredType: datatypes.Double, value: 0.5 },
  ];
  const news = node.receive({ group: "p", edge: "g", type: "NDATA" }, wire(change, 1), now, "a");
  expect(news.kind === "data" && news.samples()).toEqual([]);
  // A measurement of a foreign node is one all the same.
  const foreign = [...birth, { name: "Temperature", timestamp: now, datatype: datatypes.Double, value: 7 }];
  expect(node.receive({ group: "p", edge: "g", type: "NBIRTH" }, wire(foreign, 0), now, "a")).toMatchObject({
    samples: [{ tag: "p/g/node/Temperature", value: 7 }],
  });
});
