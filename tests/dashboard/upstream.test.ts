import { expect, test } from "vitest";
import { systemClock } from "#shared/kit/clock.ts";
import { silentLog } from "#shared/kit/log.ts";
import { createMetrics } from "#shared/kit/metrics.ts";
import type { ViewSnapshot } from "#shared/model/live.ts";
import { instant } from "#shared/model/time.ts";
import { parseCommand } from "#shared/wire/command/registry.ts";
import { commandFilter, replyTopic } from "#shared/wire/commands.ts";
import { readCredential } from "#shared/wire/credential.ts";
import { derivedTopics, encodeDerived } from "#shared/wire/derived.ts";
import { openSession, type Session } from "#shared/wire/session.ts";
import { createUpstream } from "../../dashboard/server/live/upstream.ts";
import { openBroker } from "../../ingest/broker/broker.ts";
import { credentialFile, ensureCredentials } from "../../ingest/broker/credentials.ts";
import { startAedes } from "../wire/brokers.ts";
import { event } from "./samples.ts";
import { marked, type Page, startServer, type TestServer } from "./server.ts";

interface Chain extends AsyncDisposable {
  readonly server: TestServer;
  /** Speaks as ingest does. */
  readonly ingest: Session;
  page(): Promise<Page>;
}

/** Broker with the real rights, a publisher in place of ingest, the server following. */
async function startChain(onCommand: (topic: string, payload: Uint8Array, ingest: Session) => void): Promise<Chain> {
  const stack = new AsyncDisposableStack();
  const metrics = createMetrics();
  const stop = new AbortController();
  // Made first, so that it is closed last: the server needs the upstream's commands before that can run.
  const late: { commands?: ReturnType<typeof createUpstream>["commands"] } = {};
  const server = stack.use(
    await startServer({
      commands: { ask: (command) => late.commands?.ask(command) ?? Promise.reject(new Error("early")) },
    }),
  );
  const users = await ensureCredentials(server.folder, ["edge-1"], silentLog);
  const broker = stack.use(
    await openBroker({
      listen: { host: "127.0.0.1", port: 0 },
      tls: undefined,
      platform: "demo",
      users,
      log: silentLog,
      metrics,
    }),
  );
  const held: { ingest?: Session } = {};
  const ingest = stack.use(
    await openSession(
      {
        url: broker.url,
        ...(await readCredential(credentialFile(server.folder, "ingest"))),
        clientId: "ingest",
        onMessage: (topic, payload) => held.ingest && onCommand(topic, payload, held.ingest),
      },
      stop.signal,
    ),
  );
  held.ingest = ingest;
  await ingest.subscribe([{ filter: commandFilter("demo"), qos: 1 }]);
  const upstream = createUpstream({
    platform: "demo",
    broker: { url: broker.url },
    credential: await readCredential(credentialFile(server.folder, "dashboard")),
    clientId: "dashboard-1",
    state: server.state,
    report: () => ({ state: "ok", newest: {}, details: {} }),
    clock: systemClock,
    random: () => 0,
    log: silentLog,
    metrics: server.metrics,
  });
  late.commands = upstream.commands;
  const running = upstream.run(stop.signal);
  stack.defer(async () => {
    stop.abort();
    await running;
  });
  await server.listen();
  await expect.poll(() => server.state.broker.connected, { timeout: 20_000 }).toBe(true);
  return {
    server,
    ingest,
    page: async () => {
      const page = server.page(await server.cookieOf("safety"));
      await new Promise<void>((resolve, reject) => page.once("connect", resolve).once("connect_error", reject));
      return page;
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

const health = {
  v: 1,
  at: instant(1),
  part: "ingest",
  state: "ok",
  newest: { chem: instant(5) },
  details: {},
} as const;
const sayHealth = (ingest: Session) =>
  ingest.publish(derivedTopics.health("demo", "ingest"), encodeDerived("health", health), { retain: true });

test("what ingest publishes reaches the page: values, state, alarms, figures, signs of life", async () => {
  await using chain = await startChain(() => {});
  const { ingest, server } = chain;
  const page = await chain.page();
  const live = {
    v: 1,
    at: instant(2_000),
    values: { temp: { value: 42.5, quality: "good", reason: null, at: instant(1_999) } },
    state: { state: "PRD", since: instant(1_000) },
  } as const;
  const [raised] = server.records.appendAlarmEvents([event("UNACK")]);
  if (!raised) throw new Error("no event");
  const alarm = new Promise((resolve) =>
    page.on("alarms", (part, received) => {
      received();
      if ("events" in part && part.events.length > 0) resolve(part);
    }),
  );
  page.emit("follow", 0);
  const figures = new Promise((resolve) => page.once("indicators", resolve));

  const retain = { retain: true };
  await ingest.publishConfirmed(derivedTopics.live("demo", "chem", "r1"), encodeDerived("live", live), retain);
  await ingest.publishConfirmed(derivedTopics.alarmEvent("demo"), encodeDerived("alarmEvent", { v: 1, ...raised }));
  const indicators = encodeDerived("indicators", { v: 1, at: instant(1), results: [] });
  await ingest.publishConfirmed(derivedTopics.indicators("demo", "chem"), indicators, retain);
  sayHealth(ingest);

  expect(await alarm).toEqual({ seq: 1, events: [raised] });
  expect(await figures).toEqual([]);
  await new Promise<void>((resolve) =>
    page.on("heartbeat", (beat) => beat.upstream && beat.newest.chem === 5 && resolve()),
  );
  const snapshot = (await page.emitWithAck("subscribe", "line:chem")) as ViewSnapshot;
  expect(snapshot).toMatchObject({
    frame: { v: [42.5, null, null], t: [1_999, null, null], states: [{ equipment: "demo/chem/r1", state: "PRD" }] },
  });
});

test("an acknowledgement goes to ingest over the broker and its answer comes back", async () => {
  const outcomes = [{ outcome: "done" }, { outcome: "refused", code: "CONFLICT", detail: "acknowledged already" }];
  const seen: unknown[] = [];
  await using chain = await startChain((_, payload, ingest) => {
    const command = parseCommand(payload);
    if (command.kind !== "acknowledge") throw new Error(`A command ${command.kind} came.`);
    seen.push({ user: command.user, alarm: command.alarm, comment: command.comment });
    const reply = JSON.stringify({ v: 1, id: command.id, ...outcomes.shift() });
    ingest.publish(replyTopic("demo", command.requester, command.id), reply, { qos: 1 });
  });
  const { server } = chain;
  const page = await chain.page();
  sayHealth(chain.ingest);
  await new Promise<void>((resolve) => page.on("heartbeat", (beat) => beat.upstream && resolve()));
  const cookie = await server.cookieOf("safety");
  const send = () =>
    server.app.inject({
      method: "POST",
      url: "/api/alarms/chem/hot/acknowledge",
      headers: { ...marked, cookie },
      payload: { comment: "on my way" },
    });
  expect((await send()).json()).toEqual({ outcome: "done" });
  expect((await send()).json()).toEqual({ error: "CONFLICT", detail: "acknowledged already" });
  expect(seen[0]).toEqual({ user: "safety-1", alarm: "demo/chem/hot", comment: "on my way" });
});

test("without a broker commands are refused at once, and a malformed message only counts", async () => {
  await using chain = await startChain(() => {});
  const { server, ingest } = chain;
  const page = await chain.page();
  sayHealth(ingest);
  await new Promise<void>((resolve) => page.on("heartbeat", (beat) => beat.upstream && resolve()));
  await ingest.publishConfirmed(derivedTopics.alarmEvent("demo"), '{"v": 2}');
  await ingest.publishConfirmed(
    derivedTopics.live("demo", "chem", "gone"),
    encodeDerived("live", { v: 1, at: instant(1), values: {}, state: null }),
  );
  await expect
    .poll(() => server.metrics.counter("dashboard_messages_refused_total", "").value({ cause: "malformed" }))
    .toBe(1);

  const upstream = createUpstream({
    platform: "demo",
    broker: { url: "mqtt://127.0.0.1:1" },
    credential: { username: "dashboard", password: "x" },
    clientId: "x",
    state: server.state,
    report: () => ({ state: "ok", newest: {}, details: {} }),
    clock: systemClock,
    random: () => 0,
    log: silentLog,
    metrics: server.metrics,
  });
  const command = { id: "12345678", user: "ann", alarm: "demo/chem/hot", kind: "reset", comment: null } as const;
  await expect(upstream.commands.ask(command)).rejects.toMatchObject({ code: "NOT_CONNECTED" });
});

test("of several brokers the one is kept by which ingest is heard", async () => {
  await using silent = await startAedes();
  await using heard = await startAedes();
  await using server = await startServer();
  const [silentUrl, heardUrl] = [silent, heard].map(({ port }) => `mqtt://127.0.0.1:${port}`) as [string, string];
  const stop = new AbortController();
  await using ingest = await openSession({ url: heardUrl, clientId: "ingest", onMessage: () => {} }, stop.signal);
  const upstream = createUpstream({
    platform: "demo",
    broker: { url: silentUrl, otherUrls: [heardUrl] },
    credential: { username: "dashboard", password: "not asked" },
    clientId: "dashboard-1",
    state: server.state,
    report: () => ({ state: "ok", newest: {}, details: {} }),
    clock: systemClock,
    random: () => 0,
    log: silentLog,
    metrics: server.metrics,
  });
  const running = upstream.run(stop.signal);
  await expect.poll(() => server.state.broker.connected, { timeout: 20_000 }).toBe(true);
  expect(server.state.upstream()).toBe(false);
  const say = () => {
    const health = { v: 1, at: instant(Date.now()), part: "ingest", state: "ok", newest: {}, details: {} } as const;
    ingest.publish(derivedTopics.health("demo", "ingest"), encodeDerived("health", health));
    return server.state.upstream();
  };
  await expect.poll(say, { timeout: 20_000, interval: 200 }).toBe(true);
  stop.abort();
  await running;
}, 60_000);
