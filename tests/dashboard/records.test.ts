import { expect, test } from "vitest";
import { instant } from "#shared/model/time.ts";
import type { CommandRequest } from "#shared/wire/command/registry.ts";
import { marked, startServer } from "./server.ts";

const booking = {
  line: "chem",
  equipment: "r1",
  from: instant(1_000),
  to: instant(3_600_000),
  tenant: "acme",
  project: null,
  state: "confirmed",
  note: "带料；two; parts, and a long note that has to be folded because iCalendar lines are short",
} as const;
const by = { at: instant(1), by: "li", why: null };

test("bookings come back as JSON and as iCalendar", async () => {
  await using server = await startServer();
  server.records.addBookings([{ id: "B000001", ...by, origin: "a", record: booking }]);
  const headers = { cookie: await server.cookieOf("viewer") };
  const range = "from=0&to=7200000";
  const json = await server.app.inject({ url: `/api/bookings?${range}`, headers });
  expect(json.json()).toMatchObject({ bookings: [{ ...booking, id: "B000001", revision: { number: 1, by: "li" } }] });
  const ics = await server.app.inject({ url: `/api/bookings.ics?${range}`, headers });
  const lines = ics.body.split("\r\n");
  expect(lines).toContain("DTSTART:19700101T000001Z");
  expect(lines).toContain("STATUS:CONFIRMED");
  expect(lines.every((line) => Buffer.byteLength(line) <= 75)).toBe(true);
  expect(ics.body.replaceAll("\r\n ", "")).toContain("DESCRIPTION:带料；two\\; parts\\, and");
});

test("a run is started in the user's name; its history can be read; what is malformed never reaches ingest", async () => {
  const asked: CommandRequest[] = [];
  const ask = async (request: CommandRequest) => {
    asked.push(request);
    return { outcome: "done", detail: "R000001" } as const;
  };
  await using server = await startServer({ commands: { ask } });
  const headers = { ...marked, cookie: await server.cookieOf("engineer") };
  const run = {
    line: "chem",
    equipment: ["r1"],
    project: null,
    tenant: null,
    kind: "scaleUp",
    batch: null,
    recipe: null,
    lot: null,
    quantities: null,
    plannedSecondsPerUnit: null,
    note: null,
    from: 1_000,
  };
  const post = (payload: object) => server.app.inject({ method: "POST", url: "/api/runs", headers, payload });
  expect((await post(run)).json()).toEqual({ outcome: "done", detail: "R000001" });
  expect(asked).toMatchObject([{ kind: "startRun", user: "engineer-0", run: { line: "chem" } }]);
  expect((await post({ ...run, kind: "dance" })).statusCode).toBe(400);
  expect((await post({ ...run, more: 1 })).statusCode).toBe(400);
  expect((await post({ ...run, line: "nowhere" })).statusCode).toBe(404);
  expect(asked).toHaveLength(1);
  const history = (id: string) => server.app.inject({ url: `/api/runs/${id}/history`, headers });
  expect((await history("R000009")).statusCode).toBe(404);
  expect((await history("x")).statusCode).toBe(400);
});

test("a range of records is not longer than 400 days", async () => {
  await using server = await startServer();
  const headers = { cookie: await server.cookieOf("viewer") };
  const reply = await server.app.inject({ url: "/api/runs?from=0&to=40000000000", headers });
  expect(reply.statusCode).toBe(400);
});
