import { expect, test } from "vitest";
import { type Clock, systemClock } from "#shared/kit/clock.ts";
import type { IndicatorResult } from "#shared/model/indicator.ts";
import type { EnergyAnswer, EnergyNode, UtilisationAnswer } from "#shared/model/operation.ts";
import type { FigureEngine } from "../../ingest/indicators/computeFigures.ts";
import { fillOperation, operationNow, operationPlant } from "./operationPlant.ts";
import { marked, startServer, type TestServer } from "./server.ts";

const clock: Clock = { ...systemClock, now: () => operationNow };

async function withPlant(
  body: (parts: {
    readonly server: TestServer;
    readonly figures: FigureEngine;
    ask<Answer>(path: string): Promise<Answer>;
    figure(id: string, period: string, scope: string): Promise<IndicatorResult>;
  }) => Promise<void>,
  more = "",
): Promise<void> {
  const plant = operationPlant(more);
  await using server = await startServer({ plant, clock });
  await using filled = await fillOperation(server, plant);
  const cookie = await server.cookieOf("viewer");
  await body({
    server,
    figures: filled.figures,
    ask: async <Answer>(url: string) => {
      const reply = await server.app.inject({ method: "GET", url, headers: { ...marked, cookie } });
      expect(reply.statusCode, reply.body).toBe(200);
      return reply.json() as Answer;
    },
    figure: async (id, period, scope) => {
      const results = await filled.figures.of(filled.figures.calendar.period(period), [scope]);
      const found = results.find(({ indicator }) => indicator === id);
      if (!found) throw new Error(`no ${id}`);
      return found;
    },
  });
}

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
const allNodes = (node: EnergyNode): readonly EnergyNode[] => [node, ...node.parts.flatMap(allNodes)];

test("energy is that of the figures: in all exactly, and by time, state, band and place to the last bits", async () => {
  await withPlant(async ({ ask, figure }) => {
    for (const period of ["2026-03-30", "2026-03-31", "2026-03", "2026-Q1", "2026"])
      for (const scope of ["demo", "demo/chem", "demo/coat", "demo/chem/r1"]) {
        const answer = await ask<EnergyAnswer>(`/api/energy?period=${period}&scope=${scope}`);
        const what = `${period} of ${scope}`;
        const g01 = await figure("G-01", period, scope);
        expect(answer.total.value, what).toBe(g01.value);
        expect(answer.total.coverage, what).toBe(g01.coverage);
        const kwh = answer.total.value ?? Number.NaN;
        expect(kwh).toBeGreaterThan(0);
        expect(total(answer.pieces.map((piece) => piece.kwh ?? 0)), what).toBeCloseTo(kwh, 6);
        expect(total(Object.values(answer.states)) + answer.unmeteredKwh, what).toBeCloseTo(kwh, 6);
        for (const node of allNodes(answer.balance))
          if (node.parts.length > 0)
            expect(total(node.parts.map((part) => part.kwh)) + node.restKwh, node.id).toBeCloseTo(node.kwh, 6);
        expect(answer.balance.kwh, what).toBe(kwh);
        const g09 = await figure("G-09", period, scope);
        for (const { band, kwh: own } of answer.tariff.bands) expect(own).toBe(g09.parts[`energy ${band}`]);
        expect(answer.demand.peakKw, what).toBe((await figure("G-07", period, scope)).value);
        expect(answer.carbon.kgCo2, what).toBe((await figure("G-06", period, scope)).value);
      }
  });
});

test("the unmetered rest, cost, demand, runs and water are what the plant took", async () => {
  await withPlant(async ({ ask }) => {
    const day = await ask<EnergyAnswer>("/api/energy?period=2026-03-30");
    const chem = day.balance.parts.find(({ id }) => id === "demo/chem");
    expect(day.isProvisional).toBe(false);
    expect(chem?.restKwh).toBeCloseTo(24 * 1.5, 6);
    expect(day.unmeteredKwh).toBeCloseTo(24 * 1.5, 6);
    expect(day.withoutMeter).toEqual(["demo/chem/main", "demo/coat/fan"]);
    // Three hours of the dryer at 4 kW whose state nobody told; the last state held for half an hour.
    expect(day.states.UNK).toBeGreaterThan(2.5 * 4);
    const at10 = day.demand.points.find(({ name }) => name === "10:00");
    expect(at10?.kw).toBeCloseTo(10 + 4 + 1.5 + 3, 6);
    expect(day.demand).toMatchObject({ contractedKw: 20, reason: null, validWindows: 96 });
    const bands = new Map(day.tariff.bands.map(({ band, kwh, cny }) => [band, { kwh, cny }]));
    expect(bands.get("高峰")?.kwh).toBeCloseTo(2 * (10 + 4 + 1.5 + 3), 6);
    expect(bands.get("高峰")?.cny).toBeCloseTo(2 * 18.5, 6);
    expect(day.tariff).toMatchObject({
      reason: null,
      withoutKwh: 0,
      tariffs: [{ id: "test-2026", validFrom: "2026-01-01" }],
    });
    expect(day.runs.map(({ run }) => run)).toEqual(["R000005"]);
    expect(day.media).toMatchObject([{ carrier: "water", unit: "m3", reason: null }]);
    expect(day.carbon.factors).toMatchObject([{ id: "mee-nbs-2022:shandong", kgPerKwh: 0.641, isEarlier: true }]);
    const today = await ask<EnergyAnswer>("/api/energy?period=2026-03-31");
    expect(today.isProvisional).toBe(true);
    expect(today.pieces.filter(({ kwh }) => kwh !== null)).toHaveLength(16);
    const ahead = await ask<EnergyAnswer>("/api/energy?period=2026-05");
    expect(ahead.total).toMatchObject({ value: null, reason: "no_data" });
    expect(ahead.carbon.reason).toBe("no_data");
  });
});

test("without a declared baseline the period before is it; a declared one gives the figure's own EnPI", async () => {
  await withPlant(async ({ ask }) => {
    const march = await ask<EnergyAnswer>("/api/energy?period=2026-03&scope=demo/chem/r1");
    expect(march.baseline).toMatchObject({
      basis: "previous",
      fittedTo: "2026-02",
      driver: "productive_hours",
      reason: null,
    });
    // 10 kW instead of 2 for every productive hour.
    expect(march.baseline.slopeKwh).toBeCloseTo(8, 6);
    expect(march.baseline.enpi).toBeCloseTo(1, 6);
    expect(march.baseline.points).toHaveLength(30);
    const year = await ask<EnergyAnswer>("/api/energy?period=2026");
    expect(year.baseline).toMatchObject({ basis: "previous", reason: "too_few_pieces", points: [] });
  });
  const declared = `
baselines:
  - { id: eb-1, source: test, validFrom: "2026-01-01", driver: productive_hours, interceptKwh: 2000, slopeKwh: 10 }
`;
  await withPlant(async ({ ask, figure }) => {
    for (const period of ["2026-Q1", "2026"]) {
      const { baseline } = await ask<EnergyAnswer>(`/api/energy?period=${period}`);
      const g10 = await figure("G-10", period, "demo");
      expect(baseline).toMatchObject({ basis: "declared", id: "eb-1" });
      expect(baseline.enpi).toBe(g10.value);
    }
  }, declared);
});

test("use is that of the figures: effective hours, bookings, tenants", async () => {
  await withPlant(async ({ ask, figure }) => {
    for (const period of ["2026-03-31", "2026-03", "2026-Q1"])
      for (const scope of ["demo", "demo/chem", "demo/chem/r2"]) {
        const answer = await ask<UtilisationAnswer>(`/api/utilisation?period=${period}&scope=${scope}`);
        const what = `${period} of ${scope}`;
        const of = (id: string) => figure(id, period, scope);
        expect(answer.ladder.effectiveH, what).toBeCloseTo((await of("U-15")).value ?? Number.NaN, 9);
        expect(answer.coverage, what).toBe((await of("U-02")).coverage);
        expect(answer.ladder.openH, what).toBeCloseTo(((await of("U-02")).denominator ?? Number.NaN) / 3_600, 9);
        expect(answer.bookings.fulfilment, what).toBe((await of("U-19")).value);
        expect(answer.bookings.unbookedShare ?? 0, what).toBeCloseTo((await of("U-20")).value ?? 0, 9);
        const noShow = await of("U-21");
        expect([answer.bookings.noShows, answer.bookings.eligible], what).toEqual([
          noShow.numerator,
          noShow.denominator,
        ]);
        expect(answer.relations.external, what).toBeCloseTo((await of("U-17")).value ?? 0, 9);
        expect(total(Object.values(answer.relations)), what).toBeCloseTo(answer.ladder.effectiveH, 9);
        expect(total(answer.tenants.map(({ hours }) => hours)), what).toBeCloseTo(answer.ladder.effectiveH, 9);
        const { ladder } = answer;
        expect(ladder.calendarH - ladder.unknownH - ladder.notScheduledH, what).toBeCloseTo(ladder.openH, 6);
        expect(ladder.bookedH - ladder.bookedUnusedH + ladder.unbookedUseH + ladder.idleOccupiedH, what).toBeCloseTo(
          ladder.occupiedH,
          6,
        );
        expect(ladder.occupiedH - ladder.haltH, what).toBeCloseTo(ladder.runningH, 6);
        expect(ladder.runningH - ladder.withoutProjectH + ladder.preparedH, what).toBeCloseTo(ladder.effectiveH, 6);
      }
    const day = await ask<UtilisationAnswer>("/api/utilisation?period=2026-03-30&scope=demo/chem");
    expect(day.heat.map(({ name, kind }) => [name, kind])).toEqual([
      ["demo/chem/r1", "equipment"],
      ["demo/chem/r2", "equipment"],
    ]);
    expect(day.heat[0]?.cells[9]).toEqual({ occupied: 1, running: 1, unknown: 0 });
    expect(day.heat[1]?.cells[12]?.unknown).toBe(1);
    expect(day.withoutState).toEqual(["demo/chem/main"]);
    const today = await ask<UtilisationAnswer>("/api/utilisation?period=2026-03-31");
    expect(today.heat[0]?.cells[16]).toBeNull();
    const march = await ask<UtilisationAnswer>("/api/utilisation?period=2026-03");
    expect(march.heat).toHaveLength(31);
    expect(march.bookings.list.map(({ booking, verdict }) => `${booking} ${verdict}`)).toEqual([
      "K000004 used",
      "K000003 no_show",
      "K000002 used",
      "K000001 used",
    ]);
  });
});

test("a scope or period that there is not is refused with what to write", async () => {
  await withPlant(async ({ server }) => {
    const headers = { ...marked, cookie: await server.cookieOf("viewer") };
    for (const path of ["energy", "utilisation"]) {
      const none = await server.app.inject({ url: `/api/${path}?period=2026-03&scope=demo/none`, headers });
      expect([none.statusCode, none.json().error]).toEqual([404, "NOT_FOUND"]);
      const wrong = await server.app.inject({ url: `/api/${path}?period=2026-13`, headers });
      expect([wrong.statusCode, wrong.json().error]).toEqual([400, "MALFORMED"]);
    }
  });
});
