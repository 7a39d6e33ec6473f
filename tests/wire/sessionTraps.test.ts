import type { Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { type Clock, systemClock } from "#shared/kit/clock.ts";
import { type Log, silentLog } from "#shared/kit/log.ts";
import { CodedError } from "#shared/model/errors.ts";
import { type DurationMs, millis } from "#shared/model/time.ts";
import { keepSession } from "#shared/wire/keepSession.ts";
import { openSession } from "#shared/wire/session.ts";
import { startAedes, startPeer, startRelay } from "./brokers.ts";

const never = new AbortController().signal;
const ignored = () => {};
const node = (url: string) => ({ url, clientId: "node", onMessage: ignored });

/** Notes every wait and cuts it short; `monotonic` moves by what the test says. */
function notingClock() {
  const waits: number[] = [];
  const time = { monotonic: 0 };
  const clock: Clock = {
    now: systemClock.now,
    monotonic: () => millis(time.monotonic),
    sleep: (wait: DurationMs, signal) => {
      waits.push(wait);
      return systemClock.sleep(millis(1), signal);
    },
  };
  return { clock, waits, time };
}

describe("opening", () => {
  test("an address that is none is an error of the configuration, and a password in it is not shown", async () => {
    await expect(openSession(node("http://someone:hunter2@host"), never)).rejects.toSatisfy(
      (error) => error instanceof CodedError && error.code === "CONFIG" && !error.message.includes("hunter2"),
    );
    await expect(openSession(node("mqtt://someone:hunter2@127.0.0.1:1"), never)).rejects.toSatisfy(
      (error) => error instanceof CodedError && error.code === "NOT_CONNECTED" && !error.message.includes("hunter2"),
    );
  });

  test.each([
    [3, "NOT_CONNECTED"],
    [4, "FORBIDDEN"],
    [5, "FORBIDDEN"],
  ])("CONNACK with return code %i is %s", async (returnCode, code) => {
    await using peer = await startPeer(returnCode, (socket) => socket.end());
    await expect(openSession(node(peer.url), never)).rejects.toMatchObject({ code });
  });

  test("stops at once when it is cancelled, also with a peer that never answers", async () => {
    const stop = new AbortController();
    await using peer = await startPeer(-1, () => stop.abort());
    await expect(openSession(node(peer.url), stop.signal)).rejects.toMatchObject({ code: "NOT_CONNECTED" });
    await expect(openSession(node(peer.url), stop.signal)).rejects.toMatchObject({ code: "NOT_CONNECTED" });
  });

  test("a filter that the broker refuses is named", async () => {
    await using broker = await startAedes((aedes) => {
      aedes.authorizeSubscribe = (_client, subscription, done) =>
        done(null, subscription.topic === "mine" ? subscription : null);
    });
    await using session = await openSession(node(`mqtt://127.0.0.1:${broker.port}`), never);
    await session.subscribe([{ filter: "mine", qos: 1 }]);
    await expect(
      session.subscribe([
        { filter: "mine", qos: 1 },
        { filter: "theirs/#", qos: 1 },
      ]),
    ).rejects.toMatchObject({ code: "FORBIDDEN", detail: expect.stringContaining("theirs/#") });
  });
});

describe("a peer that takes no data", () => {
  test("publish returns at once, memory is bounded, and the session ends saying so", async () => {
    await using peer = await startPeer(0, (socket) => socket.pause());
    await using session = await openSession({ ...node(peer.url), maxBufferedBytes: 2 ** 22 }, never);
    const payload = new Uint8Array(8_192);
    let most = 0;
    for (let i = 0; i < 5_000; i++) {
      expect(session.publish("a", payload)).toBeUndefined();
      most = Math.max(most, session.bufferedBytes());
    }
    expect(await session.ended).toContain("takes no data");
    expect(most).toBeGreaterThan(2 ** 22 - 10_000);
    expect(most).toBeLessThan(2 ** 22 + 2 ** 17);
    expect(session.bufferedBytes()).toBe(0);
  });

  test("disposing does not wait for it longer than its time", async () => {
    let peerSide: Socket | undefined;
    await using peer = await startPeer(0, (socket) => {
      peerSide = socket;
      socket.pause();
    });
    const { clock, waits } = notingClock();
    const session = await openSession(node(peer.url), never, clock);
    const unconfirmed = session.publishConfirmed("a", "never acknowledged");
    const refused = expect(unconfirmed).rejects.toMatchObject({ code: "NOT_CONNECTED" });
    await session[Symbol.asyncDispose]();
    await refused;
    expect(waits).toEqual([2_000]);
    expect(await session.ended).toBe("closed by this side");
    expect(peerSide).toBeDefined();
    await session[Symbol.asyncDispose]();
  });
});

test("a peer that answers no PINGREQ is given up", async () => {
  await using peer = await startPeer(0, (socket) => socket.resume());
  await using session = await openSession({ ...node(peer.url), keepaliveS: 1 }, never);
  expect(await session.ended).toMatch(/keepalive/i);
});

describe("what MQTT.js would keep for later", () => {
  test("nothing is queued while there is no session: memory stays, and the next session begins with its own", async () => {
    const heard: string[] = [];
    await using broker = await startAedes((aedes) => {
      aedes.authorizePublish = (_client, packet, done) => {
        heard.push(packet.topic);
        done(null);
      };
    });
    await using relay = await startRelay(broker.port);
    const session = await openSession(node(relay.url), never);
    relay.cut();
    await session.ended;
    for (let i = 0; i < 20_000; i++) session.publish("kept", new Uint8Array(1_024));
    expect(session.bufferedBytes()).toBe(0);
    await expect(session.publishConfirmed("kept", "x")).rejects.toMatchObject({ code: "NOT_CONNECTED" });
    await using next = await openSession(node(relay.url), never);
    await next.publishConfirmed("birth", "x");
    expect(heard).toEqual(["birth"]);
  });

  test("what was not confirmed in a session is not sent again before the birth of the next", async () => {
    const said: string[] = [];
    const born = Promise.withResolvers<void>();
    await using peer = await startPeer(0, (socket) => {
      const session = said.push("") - 1;
      // Nothing is ever confirmed here; the first session ends at what it wanted confirmed.
      socket.on("data", (chunk) => {
        said[session] += chunk.toString("latin1");
        if (said[session]?.includes("unconfirmed")) socket.destroy();
        if (said[session]?.includes("birth 2")) born.resolve();
      });
    });
    const { clock } = notingClock();
    const stop = new AbortController();
    let sessions = 0;
    const kept = keepSession(
      () => node(peer.url),
      async (session) => {
        session.publish("topic", `birth ${++sessions}`);
        if (sessions === 1) await session.publishConfirmed("topic", "unconfirmed");
        await born.promise;
        stop.abort();
      },
      { clock, random: () => 0, log: silentLog },
      stop.signal,
    );
    await kept;
    expect(said).toHaveLength(2);
    expect(said[1]).toContain("birth 2");
    expect(said[1]).not.toContain("unconfirmed");
  });
});

describe("keeping a session", () => {
  test("goes on after CONNACK code 3, with waits that grow to the cap", async () => {
    await using peer = await startPeer(3, (socket) => socket.end());
    const { clock, waits } = notingClock();
    const stop = new AbortController();
    const told: string[] = [];
    const log: Log = { ...silentLog, warn: (_, message) => void told.push(message) };
    let connects = 0;
    await keepSession(
      () => {
        if (++connects === 10) stop.abort();
        return node(peer.url);
      },
      () => Promise.reject(new Error("there was no session")),
      { clock, random: () => 1, log },
      stop.signal,
    );
    expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
    expect(told, "told once, as the cause is the same").toHaveLength(1);
  });

  test("where nobody listens, tries follow each other within a second, however long it takes", async () => {
    const gone = await startAedes();
    await gone[Symbol.asyncDispose]();
    const { clock, waits } = notingClock();
    const stop = new AbortController();
    let connects = 0;
    await keepSession(
      () => {
        if (++connects === 8) stop.abort();
        return node(`mqtt://127.0.0.1:${gone.port}`);
      },
      () => Promise.reject(new Error("there was no session")),
      { clock, random: () => 1, log: silentLog },
      stop.signal,
    );
    expect(waits).toEqual([500, 1_000, 1_000, 1_000, 1_000, 1_000, 1_000]);
  });

  test("begins again with the shortest wait only after a session that held", async () => {
    await using broker = await startAedes();
    const { clock, waits, time } = notingClock();
    const stop = new AbortController();
    let sessions = 0;
    await keepSession(
      () => node(`mqtt://127.0.0.1:${broker.port}`),
      async () => {
        sessions++;
        if (sessions === 4) time.monotonic += 10_000;
        if (sessions === 6) stop.abort();
      },
      { clock, random: () => 1, log: silentLog },
      stop.signal,
    );
    // Closing a session takes its own patience of 2 s into account; only the waits between sessions matter here.
    expect(waits.filter((_, i) => i % 2 === 1)).toEqual([500, 1_000, 2_000, 500, 1_000]);
  });

  test("an error of the body closes the session and the next one follows; a fatal one ends all", async () => {
    await using broker = await startAedes();
    await using relay = await startRelay(broker.port);
    const { clock } = notingClock();
    const errors = [new Error("one"), new CodedError("TIMEOUT", "two"), new CodedError("CONFIG", "three")];
    let sessions = 0;
    const kept = keepSession(
      () => node(relay.url),
      () => Promise.reject(errors[sessions++]),
      { clock, random: () => 0, log: silentLog },
      never,
    );
    await expect(kept).rejects.toBe(errors[2]);
    expect(sessions).toBe(3);
  });

  test("what a body throws because the session was lost is no failure of its own", async () => {
    await using broker = await startAedes();
    await using relay = await startRelay(broker.port);
    const { clock } = notingClock();
    const causes: unknown[] = [];
    const log: Log = { ...silentLog, warn: (fields) => void causes.push((fields as { cause: unknown }).cause) };
    const stop = new AbortController();
    let sessions = 0;
    await keepSession(
      () => node(relay.url),
      async (session) => {
        if (++sessions === 2) return stop.abort();
        relay.cut();
        await session.publishConfirmed("a", "b");
      },
      { clock, random: () => 0, log },
      stop.signal,
    );
    expect(causes).toEqual(["the connection was closed"]);
  });
});
