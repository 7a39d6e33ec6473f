import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFile, stat } from "node:fs/promises";
import { connect as connectSocket } from "node:net";
import { join } from "node:path";
import mqtt, { type IClientOptions, type MqttClient } from "mqtt";
import { describe, expect, test } from "vitest";
import { type Broker, openBroker } from "../../ingest/broker/broker.ts";
import { credentialFile, ensureCredentials } from "../../ingest/broker/credentials.ts";
import { createFrameGuard } from "../../ingest/broker/frameGuard.ts";
import { parseListen } from "../../ingest/broker/listen.ts";
import { silentLog } from "../../shared/kit/log.ts";
import { createMetrics } from "../../shared/kit/metrics.ts";
import { temporaryFolder } from "../fakes/folder.ts";

const loopback = { host: "127.0.0.1", port: 0 };

async function startBroker(data: string): Promise<Broker> {
  const users = await ensureCredentials(data, ["edge-1", "edge-2"], silentLog);
  return openBroker({ listen: loopback, platform: "demo", users, log: silentLog, metrics: createMetrics() });
}

const credential = async (data: string, user: string): Promise<{ username: string; password: string }> =>
  JSON.parse(await readFile(credentialFile(data, user), "utf8"));

/** Connects once; rejects with the broker's refusal. */
const connect = (broker: Broker, options: IClientOptions): Promise<MqttClient> =>
  mqtt.connectAsync(broker.url, { reconnectPeriod: 0, connectTimeout: 5_000, ...options }, false);

describe("credentials", () => {
  test("the first start makes one secret file per user, mode 0600, and keeps only hashes itself", async () => {
    await using folder = await temporaryFolder();
    await ensureCredentials(folder.path, ["edge-1"], silentLog);
    const table = await readFile(join(folder.path, "secrets", "broker-users.json"), "utf8");
    for (const user of ["ingest", "dashboard", "observer", "gateway-edge-1"]) {
      const file = credentialFile(folder.path, user);
      const { username, password } = await credential(folder.path, user);
      expect(username).toBe(user);
      expect(password.length).toBeGreaterThanOrEqual(32);
      expect((await stat(file)).mode & 0o777).toBe(0o600);
      expect(table).not.toContain(password);
    }
  });

  test("a later start keeps known secrets and adds those of new gateways", async () => {
    await using folder = await temporaryFolder();
    await ensureCredentials(folder.path, ["edge-1"], silentLog);
    const before = await credential(folder.path, "gateway-edge-1");
    const users = await ensureCredentials(folder.path, ["edge-1", "edge-2"], silentLog);
    expect(await credential(folder.path, "gateway-edge-1")).toEqual(before);
    const added = await credential(folder.path, "gateway-edge-2");
    expect(await users.check("gateway-edge-2", Buffer.from(added.password))).toMatchObject({ gateway: "edge-2" });
    expect(await users.check("gateway-edge-1", Buffer.from(added.password))).toBeUndefined();
  });
});

describe("the embedded broker", () => {
  test.each([
    ["no login", {}],
    ["a wrong password", { username: "ingest", password: "guess" }],
    ["an unknown user", { username: "root", password: "guess" }],
    ["a user name alone", { username: "ingest" }],
  ])("refuses %s", async (_, login) => {
    await using folder = await temporaryFolder();
    await using broker = await startBroker(folder.path);
    await expect(connect(broker, login)).rejects.toThrow(/refused|authori/i);
  });

  test("passes a gateway's data to ingest, and drops a gateway that speaks as another", async () => {
    await using folder = await temporaryFolder();
    await using broker = await startBroker(folder.path);
    const host = await connect(broker, await credential(folder.path, "ingest"));
    await host.subscribeAsync("spBv1.0/#", { qos: 1 });
    const gateway = await connect(broker, await credential(folder.path, "gateway-edge-1"));
    const arrived = new Promise<string>((resolve) => host.once("message", resolve));
    gateway.publish("spBv1.0/demo/DDATA/edge-1/plc", "own");
    expect(await arrived).toBe("spBv1.0/demo/DDATA/edge-1/plc");

    const dropped = new Promise<void>((resolve) => gateway.once("close", () => resolve()));
    gateway.publish("spBv1.0/demo/DDATA/edge-2/plc", "another's");
    await dropped;
    await host.endAsync();
  });

  test("refuses a will in another's name", async () => {
    await using folder = await temporaryFolder();
    await using broker = await startBroker(folder.path);
    const login = await credential(folder.path, "gateway-edge-1");
    const will = { topic: "spBv1.0/demo/NDEATH/edge-2", payload: Buffer.alloc(0), qos: 1, retain: false } as const;
    await expect(connect(broker, { ...login, will })).rejects.toThrow(/authori/i);
  });

  test("refuses another user's client id instead of ending his session", async () => {
    await using folder = await temporaryFolder();
    await using broker = await startBroker(folder.path);
    const first = await connect(broker, { ...(await credential(folder.path, "gateway-edge-1")), clientId: "same" });
    const second = connect(broker, { ...(await credential(folder.path, "gateway-edge-2")), clientId: "same" });
    await expect(second).rejects.toThrow(/identifier/i);
    expect(first.connected).toBe(true);
    await first.endAsync();
  });

  test("refuses shared subscriptions and foreign topics with SUBACK 128", async () => {
    await using folder = await temporaryFolder();
    await using broker = await startBroker(folder.path);
    const observer = await connect(broker, await credential(folder.path, "observer"));
    const refused = /128|Unspecified|refused|error/i;
    await expect(observer.subscribeAsync("$share/g/spBv1.0/#")).rejects.toThrow(refused);
    await expect(observer.subscribeAsync("#")).rejects.toThrow(refused);
    await observer.subscribeAsync("spBv1.0/#");
    await observer.endAsync();
  });

  test("drops a stranger who announces a large packet, before it is collected", async () => {
    await using folder = await temporaryFolder();
    await using broker = await startBroker(folder.path);
    const socket = connectSocket(Number(new URL(broker.url).port), "127.0.0.1");
    await once(socket, "connect");
    const closed = once(socket, "close");
    socket.on("error", () => {});
    socket.write(Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f]));
    await closed;
  });

  test("does not listen beyond loopback without TLS, and says what to do", async () => {
    await using folder = await temporaryFolder();
    const users = await ensureCredentials(folder.path, [], silentLog);
    const options = { platform: "demo", users, log: silentLog, metrics: createMetrics() };
    await expect(openBroker({ ...options, listen: parseListen("0.0.0.0:0") })).rejects.toThrow(
      /CONFIG: .*without TLS.*--tls-cert/,
    );
  });

  const openssl = spawnSync("openssl", ["version"]).status === 0;
  test.skipIf(!openssl)(
    `with TLS it serves others by mqtts, and its own host on loopback${openssl ? "" : " (skipped: no openssl)"}`,
    async () => {
      await using folder = await temporaryFolder();
      const users = await ensureCredentials(folder.path, [], silentLog);
      const [certFile, keyFile] = [join(folder.path, "cert.pem"), join(folder.path, "key.pem")];
      const request = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=localhost";
      const names = ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
      spawnSync("openssl", [...request.split(" "), ...names, "-keyout", keyFile, "-out", certFile]);
      const cert = await readFile(certFile, "utf8");
      const tls = { cert, key: await readFile(keyFile, "utf8") };
      const options = { listen: parseListen("0.0.0.0:0"), tls, platform: "demo", users, log: silentLog };
      await using broker = await openBroker({ ...options, metrics: createMetrics() });
      const login = { ...(await credential(folder.path, "ingest")), reconnectPeriod: 0 };
      const url = broker.url.replace("0.0.0.0", "127.0.0.1");
      expect(url).toMatch(/^mqtts:/);
      const remote = await mqtt.connectAsync(url, { ...login, ca: cert, clientId: "remote" });
      const local = await mqtt.connectAsync(broker.localUrl, { ...login, clientId: "local" });
      await expect(mqtt.connectAsync(url, { ...login, clientId: "untrusting" }, false)).rejects.toThrow(/self-signed/);
      await Promise.all([remote.endAsync(), local.endAsync()]);
    },
  );

  test("says so when the port is taken", async () => {
    await using folder = await temporaryFolder();
    await using broker = await startBroker(folder.path);
    const users = await ensureCredentials(folder.path, [], silentLog);
    const listen = { host: "127.0.0.1", port: Number(new URL(broker.url).port) };
    await expect(
      openBroker({ listen, platform: "demo", users, log: silentLog, metrics: createMetrics() }),
    ).rejects.toThrow(/CONFIG: .*EADDRINUSE/);
  });
});

describe("the frame guard", () => {
  const packet = (length: number): number[] => {
    const header = [0x30];
    for (let left = length; ; ) {
      const byte = left % 128;
      left = Math.floor(left / 128);
      header.push(left > 0 ? byte | 0x80 : byte);
      if (left === 0) break;
    }
    return [...header, ...new Array<number>(length).fill(0xff)];
  };

  test.each([1, 2, 7, 1_000])("sees packet bounds in chunks of %i bytes", (size) => {
    const bytes = Buffer.from([...packet(0), ...packet(200), ...packet(3), ...packet(256), ...packet(257)]);
    const within = createFrameGuard(() => 256);
    const verdicts: boolean[] = [];
    for (let i = 0; i < bytes.length; i += size) verdicts.push(within(bytes.subarray(i, i + size)));
    expect(verdicts.indexOf(false)).toBe(Math.floor((bytes.length - 257 - 1) / size));
  });

  test("refuses a remaining length of more than four bytes", () => {
    expect(createFrameGuard(() => 2 ** 28)(Buffer.from([0x30, 0x80, 0x80, 0x80, 0x80]))).toBe(false);
  });
});
