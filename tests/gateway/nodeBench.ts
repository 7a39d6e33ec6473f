// The edge node with a real outbox and a real broker, without devices: batches come from the test.
import { join } from "node:path";
import { systemClock } from "#shared/kit/clock.ts";
import { silentLog } from "#shared/kit/log.ts";
import type { Sample, TagId } from "#shared/model/sample.ts";
import type { TagInfo } from "#shared/model/tag.ts";
import { instant } from "#shared/model/time.ts";
import { hostIdOf } from "#shared/wire/topics.ts";
import { createEdgeNode, type EdgeNode, type EdgeNodeOptions } from "../../gateway/edgeNode/edgeNode.ts";
import { heldForDefault } from "../../gateway/edgeNode/hostOptions.ts";
import { createWake } from "../../shared/kit/wake.ts";
import { type OpenBox, openBox } from "./outboxRig.ts";

export const group = "p";
export const edge = "g";
export const deviceTags = ["a", "b"].map((device) => ({
  id: device,
  tags: ["x", "y"].map((name) => tagOf(device, name)),
}));

function tagOf(device: string, name: string): TagInfo {
  return {
    tag: idOf(device, name),
    name: { zh: `量${name}` },
    type: "float",
    unit: "Cel",
    meaning: "process",
    decimals: 1,
    staleAfterMs: 30_000,
    gapAfterMs: 30_000,
    key: false,
  };
}
export function idOf(device: string, name: string): TagId {
  return `p/l/${device}/${name}` as TagId;
}
export const sample = (device: string, at: number, value = at, name = "x"): Sample => ({
  tag: idOf(device, name),
  at: instant(at),
  quality: "good",
  value,
});

export interface RunningNode extends AsyncDisposable {
  readonly node: EdgeNode;
  readonly box: OpenBox;
  readonly last: Map<TagId, Sample>;
  /** Ends it as a kill does: nothing is said to the broker any more. */
  stop(): Promise<void>;
}

export async function runNode(
  folder: string,
  url: string,
  queueId: string,
  more: Partial<EdgeNodeOptions> = {},
): Promise<RunningNode> {
  const wake = createWake(systemClock);
  const box = await openBox(folder, queueId, { onDurable: wake.ring, segmentBytes: 20_000 });
  const last = new Map<TagId, Sample>();
  const node = createEdgeNode({
    name: { group, edge },
    broker: { url },
    host: { id: hostIdOf(more.name?.group ?? group), delivery: "acked", heldFor: heldForDefault },
    backfillPerSecond: 100_000,
    devices: deviceTags,
    last: (tag) => last.get(tag),
    statuses: () => [],
    outbox: box.outbox,
    wake,
    bdSeqFile: join(folder, "bdSeq"),
    whileBorn: async () => {},
    clock: systemClock,
    random: Math.random,
    log: silentLog,
    metrics: box.metrics,
    ...more,
  });
  for (const { id } of deviceTags) node.deviceChanged({ device: id, connected: false, after: 0 });
  const stopping = new AbortController();
  const running = node.run(stopping.signal);
  const stop = async () => {
    stopping.abort();
    await running;
    await box.outbox[Symbol.asyncDispose]();
  };
  return { node, box, last, stop, [Symbol.asyncDispose]: stop };
}
