import { readFile } from "node:fs/promises";
import type { Log } from "#shared/kit/log.ts";
import { createMetrics } from "#shared/kit/metrics.ts";
import { type DurationMs, millis } from "#shared/model/time.ts";
import type { Plant } from "#shared/plant/plant.ts";
import type { Credential } from "#shared/wire/credential.ts";
import type { RunningGateway } from "../../gateway/gateway.ts";
import { openBroker } from "../../ingest/broker/broker.ts";
import { credentialFile, ensureCredentials } from "../../ingest/broker/credentials.ts";
import type { Faces } from "../../simulators/serve.ts";
import { HandClock, type Wall } from "../fakes/handClock.ts";
import { startFaultProxy } from "../faults/rig/proxy.ts";
import { type Beat, createBeat } from "./beat.ts";
import { startGateway, startIngest } from "./parts.ts";

export interface RigOptions {
  readonly plant: Plant;
  readonly data: string;
  readonly wall: Wall;
  readonly faces: Faces;
  readonly log: Log;
}

/** The real chain from the instruments' sockets to the store, in one process, its time moved by the test. */
export interface Rig extends AsyncDisposable {
  readonly beat: Beat;
  readonly ingestClock: HandClock;
  readonly gateway: RunningGateway;
  /** Where ingest and operators connect. */
  readonly url: string;
  credential(user: string): Promise<Credential>;
  /** Waits until every device has given what it shows now. */
  read(): Promise<void>;
  /** Waits until ingest has stored all that was read. */
  stored(): Promise<void>;
  /** Lets an interval pass for ingest, whose slower rounds have their turn then. */
  rest(interval: DurationMs): Promise<void>;
  /** The gateway's link to the broker. */
  cutLink(): void;
  mendLink(): void;
  stopIngest(): Promise<void>;
  startIngest(): Promise<void>;
}

/** A batch waits this long for others before it goes to the outbox, and its group for a sync. */
const batchWait = millis(150);

export async function startRig({ plant, data, wall, faces, log }: RigOptions): Promise<Rig> {
  await using stack = new AsyncDisposableStack();
  const [gatewayClock, ingestClock] = [new HandClock(wall), new HandClock(wall)];
  let failure: unknown;
  const beat = createBeat(
    gatewayClock,
    ingestClock,
    () => faces.modbus.asked,
    () => failure,
  );
  const watched = (ended: Promise<void>) => void ended.catch((error: unknown) => (failure = error));

  const gatewayId = plant.gateways[0]?.id ?? "";
  const users = await ensureCredentials(data, [gatewayId], log);
  const broker = stack.use(
    await openBroker({
      listen: { host: "127.0.0.1", port: 0 },
      platform: plant.platform.id,
      users,
      log,
      metrics: createMetrics(),
    }),
  );
  const link = stack.use(await startFaultProxy(Number(new URL(broker.url).port)));
  const credential = async (user: string): Promise<Credential> =>
    JSON.parse(await readFile(credentialFile(data, user), "utf8"));

  const common = { plant, data, log };
  const openIngest = async () => {
    const part = startIngest({
      ...common,
      url: broker.url,
      credential: await credential("ingest"),
      clock: ingestClock,
    });
    watched(part.ended);
    await beat.during(part.ready);
    return part;
  };
  let ingest: Awaited<ReturnType<typeof openIngest>> | undefined = await openIngest();
  stack.defer(async () => {
    if (ingest) await beat.during(ingest.stop());
  });
  const gatewayPart = startGateway(gatewayId, {
    ...common,
    url: `mqtt://127.0.0.1:${link.port}`,
    credential: await credential(`gateway-${gatewayId}`),
    clock: gatewayClock,
  });
  watched(gatewayPart.ended);
  stack.defer(() => beat.during(gatewayPart.stop()));
  const gateway = await beat.during(gatewayPart.running);

  /** The status of every device is much to ask for at each beat. */
  const beatsPerLook = 4;
  let beats = 0;
  const isRead = (): boolean =>
    beats++ % beatsPerLook === 0 &&
    faces.opcua.subscribers.waiting() === 0 &&
    gateway.statuses().every(({ lastData }) => lastData !== null && lastData >= wall.at);
  const closing = stack.move();
  return {
    beat,
    ingestClock,
    gateway,
    url: broker.url,
    credential,
    read: async () => {
      await beat.until(`Read at ${new Date(wall.at).toISOString()}`, isRead);
      await beat.quiet();
    },
    stored: async () => {
      const from = gatewayClock.monotonic();
      await beat.until(
        "Stored",
        () => gatewayClock.monotonic() - from > batchWait && gateway.health().outboxBatches === 0,
      );
      await beat.quiet();
    },
    rest: async (interval) => {
      ingestClock.pass(interval);
      await beat.quiet();
    },
    cutLink: () => {
      link.target = null;
      link.cut();
    },
    mendLink: () => {
      link.target = Number(new URL(broker.url).port);
    },
    stopIngest: async () => {
      if (ingest) await beat.during(ingest.stop());
      ingest = undefined;
    },
    startIngest: async () => {
      ingest ??= await openIngest();
    },
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}
