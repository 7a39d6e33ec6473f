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
  const quantities = { unit: "kg", planned: null, produced: 0, good: null };
  await post({ ...run, quantities });
  expect(asked.pop()).toMatchObject({ run: { quantities } });
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

test("a statement charges hours, energy by band and water at the prices of each day, rounded to fen; it adds up", async () => {
  await using server = await startServer();
  const part = (tenant: string | null, usedH: number, kwh: number) => ({
    ...{ tenant, project: tenant && "p1", run: tenant && "R000001", usedH, heldH: usedH, waterM3: 0.5, alarms: 1 },
    energyKwh: { peak: kwh, flat: 1 },
  });
  const used = { equipment: "r1", usedH: 3.5, knownH: 20, elapsedH: 24, energyKwh: 9.005, estimatedKwh: 0, waterM3: 1 };
  for (const day of ["2026-02-27", "2026-02-28", "2026-03-01"]) {
    const parts = [part("=acme", 1.5, 5.005), part(null, 2, 2)];
    const usage = [{ ...used, basis: "states" as const, parts }];
    server.records.saveUsageDay({ day, line: "chem", equipment: usage, computedAt: instant(1), inputs: "" });
  }
  const prices = { validFrom: "2026-01-01", perHour: { "chem/r1": 100 }, waterPerM3: 4.1, source: "x" };
  server.records.addPriceLists([
    { id: "y26", ...by, origin: "a", record: { ...prices, energy: { perKwh: 0.5, byBand: { peak: 1 } } } },
    {
      id: "feb",
      ...by,
      origin: "b",
      record: { ...prices, validFrom: "2026-02-28", energy: { perKwh: 1, byBand: {} } },
    },
  ]);
  const headers = { cookie: await server.cookieOf("viewer") };
  const get = (query: string) => server.app.inject({ url: `/api/usage${query}`, headers });
  const february = (await get("?period=2026-02")).json();
  expect(february.rows).toHaveLength(4);
  expect(february.rows[1]).toMatchObject({
    ...{ tenant: "=acme", priceList: "y26", usedH: 1.5, hoursCny: 150, waterCny: 2.05, cny: 157.56, runs: 1 },
    energy: [
      { band: "flat", kwh: 1, perKwh: 0.5, cny: 0.5 },
      { band: "peak", kwh: 5.005, perKwh: 1, cny: 5.01 },
    ],
  });
  expect(february.closure).toMatchObject({ usedH: 7, attributedH: 7 });
  const rows: { cny: number }[] = february.rows;
  expect(february.totals.cny).toBeCloseTo(
    rows.reduce((sum, { cny }) => sum + cny, 0),
    9,
  );
  const own = (await get("?period=2026-Q1&tenant=%3Dacme")).json();
  expect(own.totals.usedH).toBe(4.5);
  expect(own.byTenant[""].usedH).toBe(6);
  const csv = await get(".csv?period=2026-02");
  expect(csv.body.startsWith("\uFEFF# platform,")).toBe(true);
  expect(csv.body).toContain("\r\n'=acme,");
  expect((await get("?period=2026-13")).statusCode).toBe(400);
});

test("each family downloads as CSV; a text that a spreadsheet would run is made harmless", async () => {
  await using server = await startServer();
  const tenant = { name: "=cmd|calc", relation: "external", creditCode: null, contact: null, active: true } as const;
  server.records.addTenants([{ id: "acme", ...by, origin: "a", record: tenant }]);
  server.records.addBookings([{ id: "B000001", ...by, origin: "b", record: { ...booking, note: 'a "b", c' } }]);
  const headers = { cookie: await server.cookieOf("viewer") };
  const get = async (file: string) => (await server.app.inject({ url: `/api/tables/${file}`, headers })).body;
  expect(await get("tenants.csv")).toBe(
    "\uFEFFid,name,relation,creditCode,contact,active\r\nacme,'=cmd|calc,external,,,yes\r\n",
  );
  expect(await get("bookings.csv?from=0&to=7200000")).toContain(
    'B000001,chem,r1,1970-01-01T08:00:01.000+08:00,1970-01-01T09:00:00.000+08:00,acme,,confirmed,"a ""b"", c"',
  );
});

test("a file is tried line by line without effect, then imported; each line once", async () => {
  const asked: CommandRequest[] = [];
  const ask = async (request: CommandRequest) => {
    asked.push(request);
    return { outcome: "done", detail: "2" } as const;
  };
  await using server = await startServer({ commands: { ask } });
  const tenant = { name: "Acme", relation: "external", creditCode: null, contact: null, active: true } as const;
  server.records.addTenants([{ id: "acme", ...by, origin: "a", record: tenant }]);
  const headers = { ...marked, cookie: await server.cookieOf("admin"), "content-type": "text/csv" };
  const post = (family: string, payload: string, dryRun: boolean) =>
    server.app.inject({ method: "POST", url: `/api/tables/${family}.csv?dryRun=${dryRun}`, headers, payload });
  const columns = "\uFEFFline,equipment,from,to,tenant,state\r\n";
  const good = "chem,r1,2026-03-01T08:00:00+08:00,2026-03-01T12:00:00+08:00,acme,confirmed\r\n";
  const wrong = "chem,r9,2026-03-01T08:00:00+08:00,2026-03-01,nobody,perhaps\r\n";
  const tried = await post("bookings", columns + good + wrong, true);
  expect(tried.json()).toEqual({
    lines: 1,
    added: 0,
    problems: [
      { line: 3, key: "to", what: "`2026-03-01` is no time; write 2026-11-26T08:00:00+08:00" },
      { line: 3, key: "state", what: "`perhaps` is none of requested, confirmed" },
    ],
  });
  const unknown = good.replace("acme", "nobody").replace("r1", "r9");
  expect((await post("bookings", columns + unknown, false)).json()).toMatchObject({
    added: 0,
    problems: [
      { line: 2, key: "equipment" },
      { line: 2, key: "tenant" },
    ],
  });
  expect(asked).toEqual([]);
  expect((await post("bookings", columns + good, false)).json()).toEqual({ lines: 1, added: 2, problems: [] });
  const bookings = [{ equipment: "r1", state: "confirmed" }];
  expect(asked).toMatchObject([
    { kind: "importBookings", bookings, dryRun: true },
    { kind: "importBookings", bookings, dryRun: false },
  ]);
  expect((await post("runs", "line,from\r\n", true)).json().problems).toEqual([
    { line: 1, key: "equipment", what: "the column is missing" },
  ]);
  const csv = (await server.app.inject({ url: "/api/tables/tenants.csv", headers })).body;
  expect((await post("tenants", csv, true)).json()).toEqual({ lines: 1, added: 2, problems: [] });
  expect(asked.at(-1)).toMatchObject({ kind: "saveTenants", dryRun: true });
  expect((await post("declared", "item,period,value\r\nP-13,2026-13,x\r\n", true)).json().problems).toHaveLength(1);
});
