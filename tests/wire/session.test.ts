import { describe, expect, test } from "vitest";
import { systemClock } from "#shared/kit/clock.ts";
import { type Log, silentLog } from "#shared/kit/log.ts";
import { millis } from "#shared/model/time.ts";
import { keepSession } from "#shared/wire/keepSession.ts";
import { openSession } from "#shared/wire/session.ts";
import { mosquittoMissing, startAedes, startMosquitto, startRelay, type TestBroker } from "./brokers.ts";
import { createInbox } from "./inbox.ts";

const never = new AbortController().signal;
/** Real time, a hundred times faster for waits. */
const hurried = {
  ...systemClock,
  sleep: (wait: number, signal?: AbortSignal) => systemClock.sleep(millis(wait / 100), signal),
};
const ignored = () => {};

/** What a session promises with any broker. */
function sessionContract(start: () => Promise<TestBroker>): void {
  test("carries messages with both qualities of service, and says which are retained", async () => {
    await using broker = await start();
    const url = `mqtt://127.0.0.1:${broker.port}`;
    const inbox = createInbox();
    await using sender = await openSession({ url, clientId: "sender", onMessage: ignored }, never);
    await sender.publishConfirmed("pilot/kept", "old", { retain: true });
    await using reader = await openSession({ url, clientId: "reader", onMessage: inbox.onMessage }, never);
    await reader.subscribe([{ filter: "pilot/#", qos: 1 }]);
    await inbox.have(1);
    sender.publish("pilot/a", Uint8Array.of(0x61));
    await inbox.have(2);
    await sender.publishConfirmed("pilot/b", "b");
    await inbox.have(3);
    expect(inbox.messages).toEqual([
      { topic: "pilot/kept", text: "old", retained: true },
      { topic: "pilot/a", text: "a", retained: false },
      { topic: "pilot/b", text: "b", retained: false },
    ]);
  });

  test("each CONNECT carries a will of its own, and a broken session publishes it", async () => {
    await using broker = await start();
    await using relay = await startRelay(broker.port);
    const inbox = createInbox();
    await using witness = await openSession(
      { url: `mqtt://127.0.0.1:${broker.port}`, clientId: "witness", onMessage: inbox.onMessage },
      never,
    );
    await witness.subscribe([{ filter: "will", qos: 1 }]);
    const stop = new AbortController();
    let bdSeq = 0;
    await keepSession(
      () => ({
        url: relay.url,
        clientId: "node",
        will: { topic: "will", payload: `bd${bdSeq++}`, qos: 1, retain: false },
        onMessage: ignored,
      }),
      async (session) => {
        if (bdSeq === 4) stop.abort();
        else relay.cut();
        await (bdSeq === 4 ? Promise.resolve() : session.ended);
      },
      { clock: hurried, random: () => 0, log: silentLog },
      stop.signal,
    );
    await inbox.have(3);
    await witness.publishConfirmed("will", "end of test");
    await inbox.have(4);
    expect(
      inbox.messages.map(({ text }) => text),
      "the last session was left on purpose",
    ).toEqual(["bd0", "bd1", "bd2", "end of test"]);
  });

  test("sessions go on when the broker is killed and another takes its place", async () => {
    await using stack = new AsyncDisposableStack();
    const first = await start();
    await using relay = await startRelay(first.port);
    const told: string[] = [];
    const note = (_: object, message: string) => void told.push(message);
    const log: Log = { ...silentLog, info: note, warn: note };
    const stop = new AbortController();
    const sessions: string[] = [];
    await keepSession(
      () => ({ url: relay.url, clientId: "node", onMessage: ignored }),
      async (session, signal) => {
        sessions.push("open");
        if (sessions.length === 2) return stop.abort();
        relay.target = null;
        await first[Symbol.asyncDispose]();
        await session.ended;
        expect(signal.aborted).toBe(true);
        await expect(session.publishConfirmed("a", "b")).rejects.toMatchObject({ code: "NOT_CONNECTED" });
        session.publish("a", "QoS 0 after the end is let go");
        const next = stack.use(await start());
        setTimeout(() => (relay.target = next.port), 30);
      },
      { clock: hurried, random: () => 0.5, log },
      stop.signal,
    );
    expect(sessions).toEqual(["open", "open"]);
    expect(told.filter((line) => line.startsWith("Connected"))).toHaveLength(2);
    expect(told.length, "a failure is told when it changes, not at each attempt").toBeLessThanOrEqual(5);
  });

  test("a publish that waits for its confirmation is refused when the session ends", async () => {
    await using broker = await start();
    await using relay = await startRelay(broker.port);
    await using session = await openSession({ url: relay.url, clientId: "node", onMessage: ignored }, never);
    const confirmed = session.publishConfirmed("a", "b".repeat(1_000_000));
    relay.cut();
    await expect(confirmed).rejects.toMatchObject({ code: "NOT_CONNECTED" });
    await expect(session.ended).resolves.toEqual(expect.any(String));
  });
}

describe("with Aedes", () => sessionContract(startAedes));
describe.skipIf(mosquittoMissing)(`with Mosquitto ${mosquittoMissing ?? ""}`, () => sessionContract(startMosquitto));
