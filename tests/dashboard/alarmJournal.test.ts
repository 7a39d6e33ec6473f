import { expect, test } from "vitest";
import { readCsv } from "#shared/kit/csv.ts";
import type { AlarmEvent } from "#shared/model/alarm.ts";
import { instant } from "#shared/model/time.ts";
import type { CommandRequest } from "#shared/wire/command/registry.ts";
import type { Commands } from "../../dashboard/server/context.ts";
import { event, status } from "./samples.ts";
import { marked, startServer, type TestServer } from "./server.ts";

/** One session for all: how often somebody may sign in is bounded. */
const sessions = new WeakMap<TestServer, Promise<string>>();
const get = async (server: TestServer, url: string) => {
  const session = sessions.get(server) ?? server.cookieOf("viewer");
  sessions.set(server, session);
  return server.app.inject({ url: `/api/alarms/${url}`, headers: { cookie: await session } });
};
const found = async (server: TestServer, query: string) =>
  (await get(server, `journal?from=0&${query}`)).json<{ events: AlarmEvent[]; next: string | null }>();

test("the journal is searched and paged by its filters", async () => {
  await using server = await startServer();
  const low = { ...status("ACKED", "demo/chem/cold"), priority: "low" } as const;
  const events = server.records.appendAlarmEvents([
    event("UNACK"),
    { ...event("UNACK"), status: low, transition: "acknowledged", user: "li.wei", comment: "阀门已关" },
    event("NORM"),
  ]);
  const seqs = async (query: string) => (await found(server, query)).events.map(({ seq }) => seq);
  expect(await seqs("priority=low,medium")).toEqual([2]);
  expect(await seqs("transition=raised,cleared&state=NORM")).toEqual([3]);
  expect(await seqs("user=li.wei")).toEqual([2]);
  expect(await seqs(`text=${encodeURIComponent("阀门")}`)).toEqual([2]);
  expect(await seqs("alarm=demo/chem/hot&equipment=r1&line=chem")).toEqual([3, 1]);
  const first = await found(server, "limit=2");
  expect([first.events, first.next]).toEqual([events.slice(1).toReversed(), "1000_2"]);
  const second = await found(server, `limit=2&before=${first.next}`);
  expect([second.events, second.next]).toEqual([events.slice(0, 1), null]);
  for (const wrong of ["priority=urgent", "state=UNACK,", "before=x", "from=9&to=8", "user=", "nothing=1"]) {
    expect((await get(server, `journal?${wrong}`)).statusCode, wrong).toBe(400);
  }
});

test("what a search finds goes out as CSV and JSON, whole, harmless and audited", async () => {
  await using server = await startServer();
  const evil = '=HYPERLINK("http://x")';
  const many = Array.from({ length: 2_345 }, (_, i) => ({
    ...event("UNACK"),
    at: instant(1_000 + i),
    user: "-1+1",
    comment: i === 7 ? `${evil},\n"quoted"` : null,
  }));
  const events = server.records.appendAlarmEvents(many);
  const csv = await get(server, "journal.csv?from=0&line=chem");
  expect(csv.headers["content-type"]).toContain("text/csv");
  expect(csv.headers["content-disposition"]).toMatch(/filename="alarm-journal_0-\d+\.csv"/);
  const { rows } = readCsv(csv.body.slice(1), ",");
  const head = rows.findIndex(({ cells }) => cells[0] === "seq");
  const body = rows.slice(head + 1).filter(({ cells }) => cells.length > 1);
  expect(body.map(({ cells }) => Number(cells[0]))).toEqual(events.map(({ seq }) => seq).toReversed());
  const cell = (n: number, name: string) => body.at(-n)?.cells[rows[head]?.cells.indexOf(name) ?? -1];
  expect(cell(8, "comment")).toBe(`'${evil},\n"quoted"`);
  expect(cell(8, "user")).toBe("'-1+1");
  expect(cell(1, "time")).toBe("1970-01-01T08:00:01.000+08:00");

  const json = await get(server, "journal.json?from=0&to=2000");
  expect(json.json()).toMatchObject({ platform: "demo", query: { from: 0, to: 2_000 } });
  expect(json.json().events).toEqual(events.slice(0, 1_000).toReversed());
  expect((await get(server, "journal.json?from=5000")).json().events).toEqual([]);

  const exports = server.accounts.audit.list(Number.MAX_SAFE_INTEGER, 50).filter(({ action }) => action === "export");
  expect(exports.map(({ target, detail }) => [target, detail?.split(" ")[0]])).toEqual([
    ["alarm journal", "json"],
    ["alarm journal", "json"],
    ["alarm journal", "csv"],
  ]);
});

test("one request acts on many alarms, and each has its own outcome", async () => {
  const sent: CommandRequest[] = [];
  const outcomes = [
    { alarm: "demo/chem/hot", outcome: "done" },
    { alarm: "demo/chem/none", outcome: "refused", code: "NOT_FOUND", detail: "There is no such alarm." },
  ] as const;
  const commands: Commands = {
    ask: async (command) => {
      sent.push(command);
      return { outcome: "done", outcomes };
    },
  };
  await using server = await startServer({ commands });
  const cookie = await server.cookieOf("safety");
  const post = async (path: string, payload: object) =>
    server.app.inject({ method: "POST", url: `/api/alarms/${path}`, payload, headers: { ...marked, cookie } });
  const alarms = outcomes.map(({ alarm }) => alarm);
  const reply = await post("acknowledge", { alarms, comment: "seen" });
  expect([reply.statusCode, reply.json()]).toEqual([200, { outcome: "done", outcomes }]);
  expect(sent[0]).toMatchObject({ kind: "alarms", alarms, act: { kind: "acknowledge", comment: "seen" } });
  await post("shelve", { alarms, comment: "calibration", minutes: 30 });
  expect(sent[1]).toMatchObject({ kind: "alarms", act: { kind: "shelve", comment: "calibration" } });
  const tooMany = Array.from({ length: 501 }, (_, i) => `demo/chem/a${i}`);
  for (const wrong of [[], tooMany, ["demo/chem/hot", "demo/chem/hot"]]) {
    expect((await post("acknowledge", { alarms: wrong })).statusCode).toBe(400);
  }
  expect((await post("shelve", { alarms, minutes: 5 })).statusCode).toBe(400);
  const audited = server.accounts.audit.list(Number.MAX_SAFE_INTEGER, 9).find(({ action }) => action === "acknowledge");
  expect(audited).toMatchObject({ target: "demo/chem/hot demo/chem/none", outcome: "done" });
});
