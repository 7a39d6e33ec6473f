import { expect, test } from "vitest";
import type { AlarmEvent, AlarmState, AlarmTransition } from "#shared/model/alarm.ts";
import { instant } from "#shared/model/time.ts";
import { alarmActivity } from "../../ingest/indicators/alarmActivity.ts";
import { event, status } from "./samples.ts";
import { startServer } from "./server.ts";

type Step = readonly [at: number, alarm: string, transition: AlarmTransition, state: AlarmState];
const stepOf = ([at, alarm, transition, state]: Step): Omit<AlarmEvent, "seq"> => {
  const line = alarm.split("/")[1] ?? "";
  return { ...event(state), at: instant(at), transition, status: { ...status(state, alarm), line } };
};

/** Which of these calls somebody: five of `hot`, one of `cold`, one of `draught`; none of Pilotline itself. */
const steps: readonly Step[] = [
  [1_000, "demo/chem/hot", "raised", "UNACK"],
  [1_100, "demo/chem/hot", "commented", "UNACK"],
  [1_200, "demo/chem/hot", "acknowledged", "ACKED"],
  [1_300, "demo/chem/hot", "cleared", "NORM"],
  [2_000, "demo/chem/hot", "raised", "UNACK"],
  [2_100, "demo/chem/hot", "returned", "RTNUN"],
  [2_200, "demo/chem/hot", "raised", "UNACK"],
  [2_300, "demo/chem/hot", "shelved", "SHLVD"],
  [2_400, "demo/chem/hot", "raised", "SHLVD"],
  [2_500, "demo/chem/hot", "unshelved", "UNACK"],
  [2_600, "demo/chem/hot", "suppressed", "DSUPR"],
  [2_700, "demo/chem/hot", "unsuppressed", "ACKED"],
  [3_000, "demo/chem/cold", "raised", "UNACK"],
  [3_100, "demo/coat/draught", "raised", "UNACK"],
  [3_200, "demo/pilotline/disk", "raised", "UNACK"],
];

test("the alarms that called most are counted as the figures count them", async () => {
  await using server = await startServer();
  server.records.appendAlarmEvents(steps.map(stepOf));
  // Late data called nobody, and what lies outside the range is not asked for.
  server.records.appendAlarmEvents([
    { ...stepOf([1_500, "demo/chem/cold", "raised", "UNACK"]), historical: true },
    stepOf([9_000, "demo/chem/cold", "raised", "UNACK"]),
  ]);
  const cookie = await server.cookieOf("viewer");
  const ask = (query: string) => server.app.inject({ url: `/api/alarms/frequent?${query}`, headers: { cookie } });
  const counts = async (query: string) => {
    const { total, alarms } = (await ask(query)).json<{ total: number; alarms: Record<string, unknown>[] }>();
    return [total, ...alarms.map(({ alarm, annunciations }) => [alarm, annunciations])];
  };
  expect(await counts("from=0&to=9000")).toEqual([
    7,
    ...[
      ["demo/chem/hot", 5],
      ["demo/chem/cold", 1],
      ["demo/coat/draught", 1],
    ],
  ]);
  expect(await counts("from=0&to=9000&line=coat")).toEqual([1, ["demo/coat/draught", 1]]);
  expect(await counts("from=2000&to=2200&limit=1")).toEqual([1, ["demo/chem/hot", 1]]);
  expect((await ask("from=0&to=9000")).json().alarms[0]).toEqual({
    ...{ alarm: "demo/chem/hot", line: "chem", equipment: "r1", tag: status("UNACK").tag, name: { zh: "超温" } },
    ...{ priority: "high", annunciations: 5 },
  });
  expect((await ask("from=0&to=9000&line=none")).statusCode).toBe(404);
  for (const wrong of ["from=0", "from=9&to=8", `from=0&to=${33 * 86_400_000}`, "from=0&to=9&limit=0"])
    expect((await ask(wrong)).statusCode, wrong).toBe(400);

  const span = { from: instant(0), to: instant(9_000) };
  const journal = server.records.alarmSteps(span.from, span.to).filter(({ line }) => line === "chem");
  const { annunciations } = alarmActivity(
    ...(["chem", [], journal, span, span.to, () => true, { config: undefined, staffed: [span] }, ""] as const),
  );
  expect(annunciations.map(({ from }) => from as number)).toEqual([1_000, 2_000, 2_200, 2_500, 2_700, 3_000]);
});

test("an alarm whose rule was changed is one alarm, told as it is now", async () => {
  await using server = await startServer();
  const renamed = { ...event("UNACK"), at: instant(3_000), status: { ...status("UNACK"), name: { zh: "釜温高" } } };
  server.records.appendAlarmEvents([event("UNACK"), event("NORM"), renamed, event("NORM")]);
  const found = server.records.alarmFrequencies(instant(0), instant(9_000), ["chem"]);
  expect(found).toMatchObject([{ alarm: "demo/chem/hot", name: { zh: "釜温高" }, annunciations: 2 }]);
});
