import { expect, test } from "vitest";
import { instant } from "#shared/model/time.ts";
import { derivedTopics, type HealthMessage, parseDerived } from "#shared/wire/derived.ts";
import { reportEvery, reportHealth } from "#shared/wire/health.ts";
import { openSession } from "#shared/wire/session.ts";
import { type GatewayHealth, healthReport } from "../../gateway/health.ts";
import { ManualClock } from "../fakes/clock.ts";
import { startBroker } from "./broker.ts";

const never = new AbortController().signal;

test("health is said at once, every 2 s, retained, and down when the gateway leaves", async () => {
  await using broker = await startBroker();
  const topic = derivedTopics.health("p", "gateway-g");
  const heard: HealthMessage[] = [];
  let wake = () => {};
  const hear = (_: string, payload: Uint8Array) => {
    heard.push(parseDerived("health", payload));
    wake();
  };
  const until = async (count: number) => {
    while (heard.length < count) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  await using listener = await openSession({ url: broker.url, clientId: "listener", onMessage: hear }, never);
  await listener.subscribe([{ filter: topic, qos: 1 }]);
  await using session = await openSession({ url: broker.url, clientId: "g", onMessage: () => {} }, never);

  const clock = new ManualClock(instant(1_000));
  const state: GatewayHealth = {
    devices: 2,
    devicesConnected: 1,
    outboxBatches: 3,
    outboxBytes: 400,
    outboxFill: 0.25,
    lossesOpen: 0,
    isDurable: true,
    diskFree: 0.5,
    certificateDaysLeft: null,
    newest: { l: null },
  };
  let now = state;
  const leaving = new AbortController();
  const running = reportHealth(
    session,
    { platform: "p", part: "gateway-g" },
    () => healthReport(now, [], clock.now()),
    clock,
    leaving.signal,
  );
  await until(1);
  now = { ...state, devicesConnected: 2, newest: { l: instant(900) } };
  await clock.advance(reportEvery);
  await until(2);
  leaving.abort();
  await running;
  await until(3);
  expect(heard.map(({ at, part, state: said }) => [at, part, said])).toEqual([
    [1_000, "gateway-g", "degraded"],
    [3_000, "gateway-g", "ok"],
    [3_000, "gateway-g", "down"],
  ]);
  expect(heard[1]).toMatchObject({
    newest: { l: 900 },
    details: { devicesConnected: 2, outboxBatches: 3, outboxBytes: 400 },
  });

  const retained = new Promise<boolean>((resolve) => {
    const onMessage = (_: string, payload: Uint8Array, isRetained: boolean) =>
      resolve(isRetained && parseDerived("health", payload).state === "down");
    void openSession({ url: broker.url, clientId: "late", onMessage }, never).then(async (late) => {
      await late.subscribe([{ filter: topic, qos: 1 }]);
      await retained;
      await late[Symbol.asyncDispose]();
    });
  });
  expect(await retained).toBe(true);
});
