// The gateway's edge node as it runs, a host that acknowledges, and the tap between them.
import { systemClock } from "#shared/kit/clock.ts";
import { instant } from "#shared/model/time.ts";
import type { MessageType } from "#shared/wire/topics.ts";
import type { EdgeNodeOptions } from "../../gateway/edgeNode/edgeNode.ts";
import type { DeviceStatus } from "../../gateway/status.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { edge, group, type RunningNode, runNode } from "../gateway/nodeBench.ts";
import { startHost, type TestHost } from "../gateway/testHost.ts";
import { type Message, startWireTap, type WireTap } from "./wireTap.ts";

/** Client id of the edge node. */
export const nodeClient = `${group}-${edge}`;

export interface EdgeScene {
  readonly folder: string;
  readonly tap: WireTap;
  readonly host: TestHost;
  start(queueId: string, more?: Partial<EdgeNodeOptions>): Promise<RunningNode>;
  /** What the node has published, of this type where one is named. */
  sent(type?: MessageType): readonly Message[];
}

export async function withEdgeScene(body: (scene: EdgeScene) => Promise<void>, online = true): Promise<void> {
  await using folder = await temporaryFolder();
  await using tap = await startWireTap();
  await using host = await startHost(() => tap.url, group, edge, online);
  await using stack = new AsyncDisposableStack();
  await body({
    folder: folder.path,
    tap,
    host,
    start: async (queueId, more) => stack.use(await runNode(folder.path, tap.url, queueId, more)),
    sent: (type) => tap.messages(nodeClient).filter((message) => type === undefined || message.type === type),
  });
}

/** Runs everything that waits ten times as fast as it says. */
export const fastClock: EdgeNodeOptions["clock"] = {
  ...systemClock,
  monotonic: () => (systemClock.monotonic() * 10) as ReturnType<typeof systemClock.monotonic>,
};

/** Device `a` with this many tags, as the node tells of it in its own metrics. */
export const statusOfA = (tags: number): DeviceStatus => ({
  id: "a",
  protocol: "opcua",
  connection: "connected",
  since: instant(0),
  lastData: null,
  lastError: null,
  tags,
  badTags: 0,
  unreadTags: 0,
  cadence: null,
  driver: { warnings: [], counters: {}, latencyMs: null, certificates: [] },
});
