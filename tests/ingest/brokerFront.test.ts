import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { connect as connectSocket, type Socket } from "node:net";
import { join } from "node:path";
import mqtt, { type IClientOptions, type MqttClient } from "mqtt";
import { describe, expect, test } from "vitest";
import { createAdmission } from "../../ingest/broker/admission.ts";
import { type Broker, type BrokerOptions, openBroker } from "../../ingest/broker/broker.ts";
import { credentialFile, ensureCredentials } from "../../ingest/broker/credentials.ts";
import { brokerLimits } from "../../ingest/broker/limits.ts";
import { type Log, silentLog } from "../../shared/kit/log.ts";
import { createMetrics, type Metrics } from "../../shared/kit/metrics.ts";
import { instant, millis } from "../../shared/model/time.ts";
import { ackPayload, rebirthPayload } from "../../shared/wire/delivery.ts";
import { encodePayload } from "../../shared/wire/sparkplug/encode.ts";
import { ManualClock } from "../fakes/clock.ts";
import { temporaryFolder } from "../fakes/folder.ts";

interface Front {
  readonly broker: Broker;
  readonly metrics: Metrics;
  /** What the broker's log warns of, as one line each. */
  readonly warnings: string[];
  readonly data: string;
  connect(user: string, options?: IClientOptions): Promise<MqttClient>;
  socket(): Promise<Socket>;
}

async function withFront(body: (front: Front) => Promise<void>, more: Partial<BrokerOptions> = {}): Promise<void> {
  await using folder = await temporaryFolder();
  const users = await ensureCredentials(folder.path, ["edge-1", "edge-2"], silentLog);
  const warnings: string[] = [];
  const log: Log = {
    ...silentLog,
    warn: (fields: object, message: string) => void warnings.push(`${message} ${JSON.stringify(fields)}`),
  } as Log;
  const metrics = createMetrics();
  const listen = { host: "127.0.0.1", port: 0 };
  await using broker = await openBroker({ listen, platform: "demo", users, log, metrics, ...more });
  await using stack = new AsyncDisposableStack();
  await body({
    broker,
    metrics,
    warnings,
    data: folder.path,
    connect: async (user, options = {}) => {
      const login = JSON.parse(await readFile(credentialFile(folder.path, user), "utf8"));
      const client = await mqtt.connectAsync(
        broker.url,
        { ...login, clientId: user, reconnectPeriod: 0, connectTimeout: 5_000, ...options },
        false,
      );
      client.on("error", () => {});
      stack.defer(() => client.endAsync(true));
      return client;
    },
    socket: async () => {
      const socket = connectSocket(Number(new URL(broker.url).port), "127.0.0.1");
      socket.on("error", () => {});
      stack.defer(() => void socket.destroy());
      await once(socket, "connect");
      return socket;
    },
  });
}

const gone = (client: MqttClient): Promise<void> => new Promise((resolve) => client.once("close", () => resolve()));

/** Resolves when the other side has closed. */
const closed = async (socket: Socket): Promise<void> => {
  if (socket.closed) return;
  socket.resume();
  await once(socket, "close");
};

describe("one frozen subscriber (F31)", () => {
  test("is dropped, and nobody else waits for it longer than the drain time", () =>
    withFront(
      async ({ connect }) => {
        const host = await connect("ingest");
        const other = await connect("dashboard");
        const frozen = await connect("observer");
        for (const reader of [host, frozen]) await reader.subscribeAsync("spBv1.0/#", { qos: 0 });
        await other.subscribeAsync("pilotline/v1/#", { qos: 0 });
        const dropped = gone(frozen);
        frozen.stream.unpipe();
        frozen.stream.pause();
        const count = 2_000;
        let got = 0;
        let beside = 0;
        const all = new Promise<void>((resolve) => host.on("message", () => ++got === count && resolve()));
        const apart = new Promise<void>((resolve) => other.on("message", () => ++beside === 20 && resolve()));
        const gateway = await connect("gateway-edge-1");
        const payload = Buffer.alloc(16 * 1024);
        for (let i = 0; i < count; i++) {
          gateway.publish("spBv1.0/demo/DDATA/edge-1/plc", payload);
          if (i % 100 === 0) gateway.publish("pilotline/v1/demo/health/gateway-edge-1", "{}");
        }
        await Promise.all([all, apart]);
        frozen.stream.resume();
        await dropped;
      },
      { limits: { drainTime: millis(300) } },
    ));

  test("the drain time is seconds, not Aedes' minute", () => expect(brokerLimits.drainTime).toBeLessThanOrEqual(5_000));
});

describe("bounds", () => {
  test("a CONNECT that never ends, or never begins, is given up", () =>
    withFront(
      async ({ socket }) => {
        const silent = await socket();
        const slow = await socket();
        slow.write(Uint8Array.of(0x10, 0x40, 0x00, 0x04));
        const drip = setInterval(() => slow.write(Uint8Array.of(0x4d)), 50);
        await Promise.all([closed(silent), closed(slow)]).finally(() => clearInterval(drip));
      },
      { limits: { connectTime: millis(300) } },
    ));

  test("a packet beyond the size after login ends the connection, and the log says whose", () =>
    withFront(
      async ({ connect, warnings }) => {
        const gateway = await connect("gateway-edge-1");
        const ended = gone(gateway);
        gateway.publish("spBv1.0/demo/DDATA/edge-1/plc", Buffer.alloc(100_000));
        await ended;
        expect(warnings).toEqual([expect.stringMatching(/size limit.*gateway-edge-1/)]);
      },
      { limits: { packetBytes: 50_000 } },
    ));

  test.each([9, 101, 5_000])("a topic of %i levels ends the connection, the broker goes on", (levels) =>
    withFront(async ({ connect }) => {
      const host = await connect("ingest");
      const deep = await connect("ingest", { clientId: "deep" });
      const ended = gone(deep);
      deep.publish(Array(levels).fill("a").join("/"), "x");
      await ended;
      await expect(host.subscribeAsync(Array(levels).fill("+").join("/"))).rejects.toThrow();
      const again = await connect("ingest", { clientId: "again" });
      expect(again.connected).toBe(true);
    }),
  );

  test("connections beyond the rate of an address are closed before a byte is read", () =>
    withFront(
      async ({ socket, warnings, metrics }) => {
        const sockets = await Promise.all(Array.from({ length: 8 }, socket));
        await Promise.any(sockets.map(closed));
        while (sockets.filter(({ closed: isClosed }) => isClosed).length < 3) {
          await Promise.any(sockets.filter(({ closed: isClosed }) => !isClosed).map(closed));
        }
        expect(warnings).toHaveLength(3);
        expect(warnings[0]).toContain("too many connections from this address");
        expect(metrics.render()).toContain("broker_connections_refused_total 3");
      },
      { limits: { connectionBurst: 5, connectionsPerSecond: 0 } },
    ));

  test("strangers are few at one time; who has logged in is none, and leaves room", () =>
    withFront(
      async ({ socket, connect, warnings }) => {
        const first = await socket();
        const second = await socket();
        const third = await socket();
        await closed(third);
        expect(warnings[0]).toContain("not logged in");
        first.destroy();
        await expect
          .poll(() =>
            connect("gateway-edge-1").then(
              (client) => client.connected,
              () => false,
            ),
          )
          .toBe(true);
        // A second place is free again, since the gateway is known.
        const more = await connect("gateway-edge-2");
        expect([more.connected, second.closed]).toEqual([true, false]);
      },
      { limits: { strangers: 2 } },
    ));

  test("the rate per address fills up with time, and addresses do not share it", () => {
    const clock = new ManualClock(instant(0));
    const { enter } = createAdmission({ connectionBurst: 2, connectionsPerSecond: 1, strangers: 100 }, clock);
    const isIn = (address: string) => typeof enter(address) !== "string";
    expect([isIn("a"), isIn("a"), isIn("a"), isIn("b")]).toEqual([true, true, false, true]);
    return clock.advance(millis(1_000)).then(() => expect([isIn("a"), isIn("a")]).toEqual([true, false]));
  });

  const openssl = spawnSync("openssl", ["version"]).status === 0;
  test.skipIf(!openssl)(
    `behind TLS they hold before the handshake${openssl ? "" : " (skipped: no openssl)"}`,
    async () => {
      await using folder = await temporaryFolder();
      const [certFile, keyFile] = [join(folder.path, "cert.pem"), join(folder.path, "key.pem")];
      const request = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=localhost";
      spawnSync("openssl", [...request.split(" "), "-keyout", keyFile, "-out", certFile]);
      const tls = { cert: await readFile(certFile, "utf8"), key: await readFile(keyFile, "utf8") };
      await withFront(
        async ({ broker, socket, warnings, data }) => {
          // No handshake comes from this one.
          await closed(await socket());
          await socket();
          await closed(await socket());
          expect(warnings).toEqual([expect.stringContaining("too many connections from this address")]);
          const login = JSON.parse(await readFile(credentialFile(data, "ingest"), "utf8"));
          const own = await mqtt.connectAsync(broker.localUrl, { ...login, reconnectPeriod: 0 }, false);
          await own.endAsync();
        },
        { tls, limits: { connectTime: millis(300), connectionBurst: 2, connectionsPerSecond: 0 } },
      );
    },
  );
});

test("MQTT 5 is refused, and the log says what to do", () =>
  withFront(async ({ connect, warnings }) => {
    await expect(connect("gateway-edge-1", { protocolVersion: 5 })).rejects.toThrow();
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/MQTT 3\.1\.1; set the client to it.*gateway-edge-1.*"protocolVersion":5/);
    expect((await connect("gateway-edge-1")).connected).toBe(true);
  }));

test("only ingest sends commands: nobody else's acknowledgement or rebirth reaches a gateway", () =>
  withFront(async ({ connect }) => {
    const gateway = await connect("gateway-edge-1");
    const topic = "spBv1.0/demo/NCMD/edge-1";
    await gateway.subscribeAsync(topic, { qos: 1 });
    const heard: Buffer[] = [];
    gateway.on("message", (_, payload) => heard.push(payload));
    const ack = Buffer.from(encodePayload(ackPayload({ queueId: "q", ranges: [[1, 9]] }, instant(1))));
    for (const user of ["gateway-edge-1", "gateway-edge-2", "dashboard", "observer"]) {
      const liar = await connect(user, { clientId: `liar-${user}` });
      const dropped = gone(liar);
      liar.publish(topic, ack);
      await dropped;
    }
    const host = await connect("ingest");
    const true_ = Buffer.from(encodePayload(rebirthPayload(instant(2))));
    const came = new Promise((resolve) => gateway.once("message", resolve));
    host.publish(topic, true_);
    await came;
    expect(heard).toEqual([true_]);
  }));
