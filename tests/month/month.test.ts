import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { silentLog } from "#shared/kit/log.ts";
import type { AssessmentDocument } from "#shared/model/assessment.ts";
import type { IndicatorResult } from "#shared/model/indicator.ts";
import { instant, seconds } from "#shared/model/time.ts";
import { openEmbeddedReader } from "#shared/store/embedded/open.ts";
import { openFactFile } from "#shared/store/facts/factFile.ts";
import { factsFile, historyFile } from "../../ingest/core.ts";
import { createFigures } from "../../ingest/indicators/computeFigures.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { differences } from "./compare.ts";
import { expectedOf } from "./expected/all.ts";
import type { KnownMonth, Scope } from "./expected/known.ts";
import { totalsOf } from "./expected/totals.ts";
import * as story from "./story.ts";
import { enterRuns, month, runTrueMonth, type TrueMonth } from "./trueMonth.ts";
import { machines } from "./truePlant.ts";

const equipment = [...machines, "room"];
const scopes: Readonly<Record<string, Scope>> = {
  demo: { level: "platform", ids: equipment },
  "demo/fermentation": { level: "line", ids: equipment },
  ...Object.fromEntries(
    equipment.map((id) => [`demo/fermentation/${id}`, { level: "equipment", ids: [id] } as Scope] as const),
  ),
};
/** How samples arrived cannot be learnt again, and whether a figure has a value depends on it. */
const ofArrival = ["D-02", "D-04", "D-06"];

/** What differs from the truth, in sentences. */
function wrongIn(results: readonly IndicatorResult[], known: KnownMonth): readonly string[] {
  const totals = Object.fromEntries(machines.map((id) => [id, totalsOf(id, known)]));
  return Object.entries(scopes).flatMap(([name, scope]) => {
    const must = expectedOf(scope, totals, known);
    const found = new Map(results.filter((one) => one.scope === name).map((one) => [one.indicator as string, one]));
    const unknown = [...found.keys()].filter((id) => !(id in must)).map((id) => `${id} at ${name}: no truth of it`);
    const wrong = Object.entries(must).flatMap(([id, one]) =>
      differences(found.get(id), one).map((what) => `${id} at ${name}: ${what}`),
    );
    return [...unknown, ...wrong];
  });
}

/** The figures of the month as facts that grew give them, and as facts made anew do. */
async function figuresOf({ data, plant, operator, rig }: TrueMonth) {
  const log = silentLog;
  const clock = rig.ingestClock;
  await using reader = await openEmbeddedReader({ file: historyFile(data), clock, log });
  const of = async (path: string) => {
    using file = openFactFile(path, instant(0), () => {});
    const figures = createFigures({ plant, reader, records: operator.records, file, clock });
    return await figures.of(figures.calendar.period(month.name));
  };
  return { grown: await of(factsFile(data)), anew: await of(join(data, "anew.db")) };
}

describe("a month of a line that keeps its own truth, through the whole chain", () => {
  test("every figure is the truth: over an outage, late data, a lost hour, a new meter, people's acts, closing and amendment", async () => {
    await using folder = await temporaryFolder();
    await using run = await runTrueMonth(folder.path);
    const { rig, operator } = run;
    const at = (minute: number) => instant(month.from + minute * 60_000);
    const place = { line: "fermentation" } as const;
    const correct = ({ from, to, ...what }: typeof story.corrected | typeof story.foundLater) =>
      operator.act("li", { kind: "correctState", ...place, ...what, from: at(from), to: at(to), reason: "Seen" });

    await run.runTo(month.minutes);
    await correct(story.corrected);
    await enterRuns(operator);
    const isFrozen = () => operator.records.frozenPeriod(month.name) !== undefined;
    const closing = month.minutes + 72 * 60;
    await run.runTo(closing - 60);
    expect.soft(isFrozen()).toBe(false);
    await run.runTo(closing);
    while (!isFrozen()) await rig.beat.during(rig.rest(seconds(20)));

    // Each activation is in the journal once, late or not.
    const known = run.known();
    const raised = operator.records
      .alarmEventsAfter(0, 1_000_000)
      .filter(({ transition, at: when }) => transition === "raised" && when < at(month.minutes))
      .map(({ status, at: when }) => `${status.alarm.split("/")[2]} ${new Date(when).toISOString()}`);
    // What stood when a link came back called from then on; since when it stood, late data told.
    const truly = [...run.truth.alarms, ...known.alarms]
      .filter(({ from }) => from < at(month.minutes))
      .map(({ alarm, from }) => `${alarm} ${new Date(from).toISOString()}`);
    expect.soft(raised.toSorted()).toEqual([...new Set(truly)].toSorted());
    expect.soft(raised.length).toBeGreaterThan(100);

    const frozen: readonly IndicatorResult[] = JSON.parse(
      operator.records.frozenPeriod(month.name)?.figures ?? "{}",
    ).figures;
    await operator.act("zhao", { kind: "sealAssessment", period: month.name, vetoes: [] });
    const sealed = operator.records.assessmentPack(month.name, 1);
    await operator.act("zhao", { kind: "sealAssessment", period: month.name, vetoes: [] });
    expect
      .soft(Buffer.from(operator.records.assessmentPack(month.name, 1) ?? []).equals(Buffer.from(sealed ?? [])))
      .toBe(true);

    await rig.stopIngest();
    const { grown, anew } = await figuresOf(run);
    expect.soft(wrongIn(grown, known)).toEqual([]);
    const learnt = (results: readonly IndicatorResult[]) =>
      results.filter(({ indicator }) => !ofArrival.includes(indicator));
    expect.soft(JSON.stringify(learnt(anew))).toBe(JSON.stringify(learnt(grown)));
    const document = operator.records.assessmentVersion(month.name, 1)?.document ?? "{}";
    const official: AssessmentDocument = JSON.parse(document);
    expect.soft(frozen.length).toBeGreaterThan(600);
    expect.soft(official.figures.length).toBe(frozen.length);

    await rig.startIngest();
    await correct(story.foundLater);
    await operator.act("zhao", { kind: "amendAssessment", period: month.name, reason: "Found later", vetoes: null });
    await operator.act("chief", { kind: "approveAmendment", period: month.name, version: 2 });
    const amended: AssessmentDocument = JSON.parse(operator.records.assessmentVersion(month.name, 2)?.document ?? "{}");
    const later = { ...known, corrections: [...known.corrections, story.foundLater] };
    // The sealed figures know of seals; the others are the truth as it is known now.
    const isOfSeals = (what: string) => /^D-0[678] at demo(\/fermentation)?:/.test(what);
    expect.soft(wrongIn(official.figures, known).filter((what) => !isOfSeals(what))).toEqual([]);
    expect.soft(wrongIn(amended.figures, later).filter((what) => !isOfSeals(what))).toEqual([]);
    expect
      .soft(wrongIn(amended.figures, known).filter((what) => what.startsWith("U-02 at demo/fermentation/feed")))
      .not.toEqual([]);
  }, 900_000);
});
