import { expect, test } from "vitest";
import { PrimaryHost } from "../../ingest/host/primaryHost.ts";
import { silentLog } from "../../shared/kit/log.ts";
import { type EpochMs, instant, seconds } from "../../shared/model/time.ts";
import { encodeHostState, parseHostState } from "../../shared/wire/hostState.ts";
import type { Session } from "../../shared/wire/session.ts";
import { ManualClock } from "../fakes/clock.ts";

/** A session that keeps what was published; the broker itself is in host.test.ts. */
function recorder() {
  const said: (readonly [online: boolean, timestamp: number])[] = [];
  const session: Session = {
    subscribe: async () => {},
    publish: () => {},
    publishConfirmed: async (topic, payload, options) => {
      expect([topic, options]).toEqual(["spBv1.0/STATE/pilotline-demo", { retain: true }]);
      const { online, timestamp } = parseHostState(Buffer.from(payload));
      said.push([online, timestamp]);
    },
    ended: new Promise(() => {}),
    bufferedBytes: () => 0,
    [Symbol.asyncDispose]: async () => {},
  };
  return { session, said };
}

const willTime = (host: PrimaryHost): number => parseHostState(Buffer.from(host.nextWill().payload)).timestamp;

test("offline only after 30 s without the store; online again by a new session, one change a minute", async () => {
  const clock = new ManualClock(instant(1_000_000));
  let outage: EpochMs | null = null;
  const host = new PrimaryHost("demo", clock, silentLog, () => outage);
  const { session, said } = recorder();
  const will = willTime(host);
  expect(await host.update(session)).toBe("stay");
  expect(said).toEqual([[true, will]]);

  await clock.advance(seconds(100));
  outage = clock.now();
  await clock.advance(seconds(30));
  await host.update(session);
  expect(said).toHaveLength(1);
  await clock.advance(seconds(1));
  expect(await host.update(session)).toBe("stay");
  expect(said[1]).toEqual([false, clock.now()]);

  outage = null;
  await clock.advance(seconds(59));
  expect(await host.update(session)).toBe("stay");
  await clock.advance(seconds(1));
  expect(await host.update(session)).toBe("leave");
  const nextWill = willTime(host);
  expect(nextWill).toBeGreaterThan(said[1]?.[1] ?? 0);
  await host.update(session);
  expect(said[2]).toEqual([true, nextWill]);
});

test("a session that begins in an outage says nothing until the store answers", async () => {
  const clock = new ManualClock(instant(1_000_000));
  let outage: EpochMs | null = instant(0);
  const host = new PrimaryHost("demo", clock, silentLog, () => outage);
  const { session, said } = recorder();
  const will = willTime(host);
  await host.update(session);
  expect(said).toEqual([]);
  outage = null;
  await host.update(session);
  expect(said).toEqual([[true, will]]);
});

test("its own STATE seen as offline is said again with the same timestamp", async () => {
  const clock = new ManualClock(instant(1_000_000));
  const host = new PrimaryHost("demo", clock, silentLog, () => null);
  const { session, said } = recorder();
  const will = willTime(host);
  const offline = Buffer.from(encodeHostState({ online: false, timestamp: instant(1) }));
  await host.see(offline, session);
  expect(said).toEqual([]);
  await host.update(session);
  await host.see(offline, session);
  expect(said).toEqual([
    [true, will],
    [true, will],
  ]);
  await expect(host.see(Buffer.from("ONLINE"), session)).rejects.toThrow(/MALFORMED/);
});
