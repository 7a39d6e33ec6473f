// A dashboard server for the pages' own tests: real HTTP and real socket.io, with states that a plant reaches rarely.

import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { Server } from "socket.io";
import type { AlarmEvent, AlarmStatus, AlarmTransition } from "#shared/model/alarm.ts";
import type { ErrorCode } from "#shared/model/errors.ts";
import type { IndicatorResult } from "#shared/model/indicator.ts";
import type { ClientEvents, EquipmentStatus, LiveFrame, PlantView, ServerEvents } from "#shared/model/live.ts";
import type { Recorded } from "#shared/model/revision.ts";
import type { Run } from "#shared/model/run.ts";
import type { TagId } from "#shared/model/sample.ts";
import { instant, minutes } from "#shared/model/time.ts";
import { readSvg } from "../../dashboard/server/drawings/readSvg.ts";
import { sanitise } from "../../dashboard/server/drawings/sanitise.ts";
import type { Role } from "../../dashboard/server/roles.ts";
import { fixtureGaps, fixtureHealth, fixtureLetters, fixtureSource } from "./fixtureHealth.ts";
import { fixtureHistory, fixtureStatistics } from "./fixtureHistory.ts";
import { fixtureFrequent, fixtureMeasures } from "./fixturePerformance.ts";
import { fixturePlant, fixtureTags, valueAt } from "./fixturePlant.ts";
import { fixtureEnergy, fixtureStates } from "./fixtureUse.ts";
import { createFixtureUsers } from "./fixtureUsers.ts";
import { createFixtureViews } from "./fixtureViews.ts";

const dist = fileURLToPath(new URL("../../dashboard/web/dist", import.meta.url));
const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};

/** What a test may change while the pages are open. */
export interface Faults {
  plant: PlantView;
  /** No heartbeat and no frame, on sockets that stay open. */
  silent: boolean;
  upstream: boolean;
  /** New connections are refused and requests answered with 503. */
  down: boolean;
  sessionsOver: boolean;
  session: { role: Role; initialPassword: boolean };
  acknowledgeAnswer: { status: number; error: ErrorCode } | null;
  historyStatus: number;
  journalStatus: number;
  statesStatus: number;
  /** The file of a line's drawing; a number: the status of the answer. */
  drawing: string | number;
  /** `none`: there are no figures yet; a number: the status of the answer. */
  measures: "some" | "none" | number;
  refusedView: ErrorCode | null;
  /** Per tag: a bad reason, `STALE`-ness by age in ms, or never. */
  tags: Map<TagId, { reason?: ErrorCode; uncertain?: ErrorCode; ageMs?: number; never?: true; value?: number }>;
  runs: readonly Recorded<Run>[];
  /** Silence in the history of every tag, in ms before now. */
  hole: { fromAgoMs: number; toAgoMs: number } | null;
}

export interface Fixture extends AsyncDisposable {
  readonly url: string;
  readonly faults: Faults;
  readonly acknowledged: { alarm: string; comment: string }[];
  readonly historyAsked: string[];
  readonly journalAsked: string[];
  raise(status: AlarmStatus, transition?: AlarmTransition): void;
  dropSockets(): void;
}

export const fixtureUser = { user: "safety", password: "fixture-password" };
const cookie = "fixture=1; HttpOnly; SameSite=Strict; Path=/";

export async function startFixture(port = 0): Promise<Fixture> {
  const faults: Faults = {
    plant: fixturePlant,
    silent: false,
    upstream: true,
    down: false,
    sessionsOver: false,
    session: { role: "safety", initialPassword: false },
    acknowledgeAnswer: null,
    historyStatus: 200,
    journalStatus: 200,
    statesStatus: 200,
    drawing: 404,
    measures: "some",
    refusedView: null,
    tags: new Map(),
    runs: [],
    hole: null,
  };
  const users = createFixtureUsers();
  const views = createFixtureViews(fixtureUser.user);
  const journal: AlarmEvent[] = [];
  const standing = new Map<string, AlarmStatus>();
  const acknowledged: Fixture["acknowledged"] = [];
  const historyAsked: string[] = [];
  const journalAsked: string[] = [];

  const http = createServer((request, response) => void answer(request, response));
  const io = new Server<ClientEvents, ServerEvents>(http, {
    transports: ["websocket"],
    serveClient: false,
    allowRequest: (request, done) =>
      done(null, !faults.down && !faults.sessionsOver && (request.headers.cookie ?? "").includes("fixture=1")),
  });

  function cellAt(
    tag: TagId,
    now: number,
  ): { v: LiveFrame["v"][number]; q: number; r: ErrorCode | null; t: number | null } {
    const info = fixtureTags.find((each) => each.tag === tag);
    const fault = faults.tags.get(tag);
    if (!info || fault?.never) return { v: null, q: 2, r: "NOT_CONNECTED", t: null };
    const at = Math.floor((now - (fault?.ageMs ?? 0)) / 500) * 500;
    const v = fault?.value ?? valueAt(info, at);
    if (fault?.reason) return { v, q: 2, r: fault.reason, t: at };
    return { v, q: fault?.uncertain ? 1 : 0, r: fault?.uncertain ?? null, t: at };
  }
  const tagsOf = (view: string): TagId[] =>
    faults.plant.lines
      .filter(({ id }) => view === "overview" || view === `line:${id}`)
      .flatMap(({ equipment, powerTags }) =>
        equipment
          .flatMap(({ tags }) => tags)
          .filter(({ key, tag }) => key || view !== "overview" || powerTags.includes(tag)),
      )
      .map(({ tag }) => tag);
  const statesOf = (now: number): EquipmentStatus[] => {
    const kinds = ["PRD", "SBY", "PRD", "ENG", "UDT", "PRD", "NST"] as const;
    return faults.plant.lines
      .flatMap(({ id, equipment }) => equipment.map((each) => `demo/${id}/${each.id}`))
      .map((equipment, k) => ({ equipment, state: kinds[k % 7] ?? "UNK", since: instant(now - (k + 1) * 1_234_000) }));
  };
  const frameOf = (view: string, seq: number): LiveFrame => {
    const now = Date.now();
    const cells = tagsOf(view).map((tag) => cellAt(tag, now));
    return {
      seq,
      serverTime: instant(now),
      i: cells.map((_, index) => index),
      v: cells.map(({ v }) => v),
      q: cells.map(({ q }) => q),
      r: cells.map(({ r }) => r),
      t: cells.map(({ t }) => t),
      states: statesOf(now),
    };
  };
  const indicatorsNow = (): IndicatorResult[] => faults.plant.lines.flatMap(({ id }, k) => figuresOf(`demo/${id}`, k));

  io.on("connection", (socket) => {
    let view = "overview";
    let seq = 0;
    let free = true;
    socket.on("subscribe", (wanted, reply) => {
      if (faults.refusedView) return reply({ error: faults.refusedView, detail: "refused by the fixture" });
      view = wanted;
      reply({
        view,
        tags: tagsOf(view),
        frame: frameOf(view, ++seq),
        indicators: indicatorsNow(),
      });
    });
    const follower = { seq: -1, free: true };
    const sendAlarms = (): void => {
      if (follower.seq < 0 || follower.seq === journal.length || !follower.free || faults.silent) return;
      const events = journal.slice(follower.seq);
      const isWhole = follower.seq === 0 || events.length > 1_000;
      follower.seq = journal.length;
      follower.free = false;
      const part = isWhole ? { alarms: [...standing.values()] } : { events };
      socket.emit("alarms", { seq: journal.length, ...part }, () => {
        follower.free = true;
      });
    };
    socket.on("follow", (after) => {
      follower.seq = after;
      follower.free = true;
      if (after === journal.length) socket.emit("alarms", { seq: after, events: [] }, () => {});
      else sendAlarms();
    });
    const parts = setInterval(sendAlarms, 100);
    const frames = setInterval(() => {
      if (faults.silent || !free) return;
      free = false;
      socket.emit("frame", frameOf(view, ++seq), () => {
        free = true;
      });
    }, 250);
    const beats = setInterval(() => {
      if (faults.silent) return;
      const now = instant(Date.now());
      const newest = Object.fromEntries(faults.plant.lines.map(({ id }) => [id, instant(now - 400)]));
      socket.emit("heartbeat", { serverTime: now, newest, upstream: faults.upstream });
    }, 1_000);
    socket.on("disconnect", () => {
      clearInterval(frames);
      clearInterval(parts);
      clearInterval(beats);
    });
  });

  function raise(status: AlarmStatus, transition: AlarmTransition = "raised"): void {
    if (status.state !== "NORM") standing.set(status.alarm, status);
    else standing.delete(status.alarm);
    const at = instant(Date.now());
    const user = transition === "raised" || transition === "cleared" ? null : fixtureUser.user;
    const comment = transition === "acknowledged" ? (acknowledged.at(-1)?.comment ?? null) : null;
    const event = { seq: journal.length + 1, transition, at, processedAt: at, user, comment, status };
    journal.push(event);
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://fixture");
    const send = (status: number, body: unknown, headers: Record<string, string> = {}): void => {
      response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
    };
    if (!url.pathname.startsWith("/api/")) return sendFile(url.pathname, response);
    if (faults.down) return send(503, { error: "STORE_UNAVAILABLE", detail: "The fixture is down." });
    if (request.method === "POST" && request.headers["x-pilotline"] !== "1")
      return send(403, { error: "FORBIDDEN", detail: "not marked" });
    const body = request.method === "POST" ? await bodyOf(request) : {};
    if (url.pathname === "/api/login") {
      const right = body.user === fixtureUser.user && body.password === fixtureUser.password;
      if (right) faults.sessionsOver = false;
      return right ? send(200, {}, { "set-cookie": cookie }) : send(401, { error: "FORBIDDEN", detail: "wrong" });
    }
    const signedIn = (request.headers.cookie ?? "").includes("fixture=1") && !faults.sessionsOver;
    if (!signedIn) return send(401, { error: "FORBIDDEN", detail: "no session" });
    if (url.pathname === "/api/session") return send(200, { user: fixtureUser.user, ...faults.session });
    if (url.pathname === "/api/logout") return send(200, {}, { "set-cookie": "fixture=; Max-Age=0; Path=/" });
    if (url.pathname === "/api/plant") return send(200, faults.plant);
    if (url.pathname === "/api/indicators") return send(200, { results: indicatorsNow() });
    if (/^\/api\/(indicators\/(day|month)|alarms\/frequent)$/.test(url.pathname)) {
      const status = faults.measures;
      if (typeof status === "number") return send(status, { error: byStatus(status), detail: "no figures" });
      if (url.pathname === "/api/alarms/frequent") return send(200, fixtureFrequent(url.searchParams.get("line")));
      const period = url.pathname.endsWith("day") ? "day" : "month";
      return send(200, { results: status === "none" ? [] : fixtureMeasures(period, instant(Date.now())) });
    }
    if (url.pathname === "/api/alarms") return send(200, { seq: journal.length, alarms: [...standing.values()] });
    if (url.pathname === "/api/alarms/journal") {
      if (faults.journalStatus !== 200)
        return send(faults.journalStatus, { error: "STORE_UNAVAILABLE", detail: "no records" });
      journalAsked.push(url.search);
      const sought = url.searchParams.get("text") ?? "";
      const before = Number(url.searchParams.get("before")?.split("_")[1] ?? Number.POSITIVE_INFINITY);
      const kinds = url.searchParams.get("transition")?.split(",");
      const asked = (key: "line" | "equipment", own: string): boolean => (url.searchParams.get(key) ?? own) === own;
      const found = journal
        .filter((event) => event.seq < before && event.status.name.zh.includes(sought))
        .filter((event) => kinds?.includes(event.transition) ?? true)
        .filter(({ status }) => asked("line", status.line) && asked("equipment", status.equipment))
        .toReversed();
      const events = found.slice(0, 200);
      const last = found.length > 200 ? events.at(-1) : undefined;
      return send(200, { events, next: last ? `${last.at}_${last.seq}` : null });
    }
    const run = /^\/api\/runs\/(R\d+)\/history$/.exec(url.pathname)?.[1];
    if (run) return send(200, { revisions: faults.runs.filter(({ id }) => id === run) });
    if (url.pathname === "/api/runs") return send(200, { runs: faults.runs });
    if (/^\/api\/(users|audit)/.test(url.pathname)) {
      if (faults.session.role !== "admin") return send(403, { error: "FORBIDDEN", detail: "not for this role" });
      const told = users.answer(request.method ?? "GET", url.pathname, body);
      return told === null ? send(404, { error: "NOT_FOUND", detail: url.pathname }) : send(200, told);
    }
    if (url.pathname.endsWith("/drawing"))
      return typeof faults.drawing === "string"
        ? send(
            200,
            sanitise(readSvg(faults.drawing), (name) => name !== "reactor/nothing"),
          )
        : send(faults.drawing, { error: byStatus(faults.drawing), detail: "no drawing" });
    if (url.pathname === "/api/energy") return send(200, fixtureEnergy(url.searchParams, instant(Date.now())));
    if (url.pathname === "/api/states") {
      if (faults.statesStatus !== 200)
        return send(faults.statesStatus, { error: byStatus(faults.statesStatus), detail: "no states" });
      return send(200, fixtureStates(url.searchParams, faults.plant, instant(Date.now())));
    }
    if (url.pathname === "/api/health") return send(200, fixtureHealth(instant(Date.now())));
    if (url.pathname === "/api/gaps") return send(200, fixtureGaps(instant(Date.now()), url.searchParams.get("cause")));
    if (url.pathname === "/api/dead-letters" || url.pathname === "/api/plant/source") {
      if (faults.session.role === "safety") return send(403, { error: "FORBIDDEN", detail: "not for this role" });
      return send(200, url.pathname === "/api/dead-letters" ? fixtureLetters(instant(Date.now())) : fixtureSource);
    }
    if (url.pathname === "/api/history") {
      historyAsked.push(url.search);
      if (faults.historyStatus !== 200)
        return send(faults.historyStatus, { error: "STORE_UNAVAILABLE", detail: "no store" });
      return send(200, fixtureHistory(url.searchParams, faults.hole, Date.now()));
    }
    if (url.pathname.startsWith("/api/trend-views")) {
      const told = views.answer(request.method ?? "GET", url.pathname, body);
      return told === null ? send(404, { error: "NOT_FOUND", detail: url.pathname }) : send(200, told);
    }
    if (url.pathname === "/api/history/statistics") return send(200, fixtureStatistics(url.searchParams));
    const command = /^\/api\/alarms\/(?:([^/]+)\/([^/]+)\/)?(acknowledge|shelve|unshelve)$/.exec(url.pathname);
    if (!command) return send(404, { error: "NOT_FOUND", detail: url.pathname });
    if (faults.acknowledgeAnswer)
      return send(faults.acknowledgeAnswer.status, { ...faults.acknowledgeAnswer, detail: "refused" });
    const [, line, id, act = ""] = command;
    const asked = line ? [`demo/${line}/${id}`] : (body.alarms as string[]);
    const done = asked.filter((alarm) => carryOut(alarm, act, body));
    if (line && done.length === 0) return send(404, { error: "NOT_FOUND", detail: id });
    const outcomes = asked.map((alarm) =>
      done.includes(alarm)
        ? { alarm, outcome: "done" }
        : { alarm, outcome: "refused", code: "NOT_FOUND", detail: "There is no such alarm." },
    );
    return send(200, { outcome: "done", ...(line ? {} : { outcomes }) });
  }

  function carryOut(alarm: string, act: string, said: Record<string, unknown>): boolean {
    const status = standing.get(alarm);
    if (!status) return false;
    const comment = String(said.comment ?? "");
    const now = instant(Date.now());
    if (act === "shelve") {
      const hiding = { state: "SHLVD", since: now, user: fixtureUser.user, reason: comment } as const;
      const shelvedUntil = instant(now + minutes(Number(said.minutes)));
      raise({ ...status, state: "SHLVD", hiddenBy: [hiding], shelvedUntil }, "shelved");
    } else if (act === "unshelve") {
      raise({ ...status, state: "UNACK", hiddenBy: [], shelvedUntil: null }, "unshelved");
    } else {
      acknowledged.push({ alarm, comment });
      raise({ ...status, state: "ACKED", acknowledgedBy: fixtureUser.user, acknowledgedAt: now }, "acknowledged");
    }
    return true;
  }

  await new Promise<void>((resolve) => http.listen(port, "127.0.0.1", resolve));
  const { port: bound } = http.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${bound}`,
    faults,
    acknowledged,
    historyAsked,
    journalAsked,
    raise,
    dropSockets: () => io.disconnectSockets(true),
    [Symbol.asyncDispose]: async () => {
      await io.close();
      http.closeAllConnections();
    },
  };
}

const byStatus = (status: number): ErrorCode => (status === 403 ? "FORBIDDEN" : "STORE_UNAVAILABLE");

async function sendFile(path: string, response: ServerResponse): Promise<void> {
  const wanted = extname(path) === "" ? "/index.html" : path;
  const body = await readFile(join(dist, normalize(wanted))).catch(() => null);
  if (body === null) return void response.writeHead(404).end();
  response.writeHead(200, { "content-type": types[extname(wanted)] ?? "application/octet-stream" }).end(body);
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = "";
  for await (const chunk of request) text += chunk;
  return text === "" ? {} : JSON.parse(text);
}

function figuresOf(scope: string, k: number): IndicatorResult[] {
  const now = instant(Date.now());
  const common = {
    definitionVersion: "1.0.0",
    scope,
    period: new Date(now).toISOString().slice(0, 10),
    from: instant(now - 30_000_000),
    to: instant(now + 50_000_000),
    until: now,
    numerator: null,
    denominator: null,
    lower: null,
    upper: null,
    reason: null,
    flags: [],
    parts: {},
    factorIds: [],
    inputDigest: null,
    origin: "measured",
  } as const;
  const coverage = [0.998, 0.91, 0.42][k] ?? 1;
  const status = (["ok", "low_coverage", "insufficient"] as const)[k] ?? "ok";
  return [
    { ...common, indicator: "U-02", value: k === 2 ? null : 0.612 - k * 0.2, unit: "1", coverage, status },
    { ...common, indicator: "G-01", value: 38.4 * (k + 1), unit: "kW.h", coverage, status },
  ];
}
