import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type Sample, tagId } from "../../shared/model/sample.ts";
import { instant } from "../../shared/model/time.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { memoryReader } from "../ingest/memoryReader.ts";
import { figureBench, figuresPlant, pick } from "./bench.ts";

const plant = figuresPlant();
const start = Date.parse("2026-01-30T00:00:00+08:00");
const minute = 60_000;
/** Three days, over the end of a month, and the minutes around its midnights; three hours, of which every look keeps some. */
const spans = {
  days: { lastMinute: 3 * 1_440, borders: [1_438, 1_439, 1_440, 1_441, 1_442, 2_879, 2_880, 2_881] },
  hours: { lastMinute: 180, borders: [59, 60, 61, 119, 120, 121] },
} as const;

const names = ["mode", "energy", "power", "water", "gas", "temperature", "voc", "busy"] as const;

const stepsOf = ({ lastMinute, borders }: { readonly lastMinute: number; readonly borders: readonly number[] }) =>
  fc.array(
    fc.oneof(
      {
        weight: 12,
        arbitrary: fc.record({
          kind: fc.constant("sample" as const),
          name: fc.constantFrom(...names),
          // Close together or far apart, in any order; some close to the borders of days.
          at: fc.oneof(fc.integer({ min: 0, max: lastMinute }), fc.constantFrom(...borders)),
          value: fc.integer({ min: 0, max: 7 }),
          isBad: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
        }),
      },
      {
        weight: 4,
        arbitrary: fc.record({ kind: fc.constant("look" as const), at: fc.integer({ min: 0, max: lastMinute }) }),
      },
      {
        weight: 1,
        arbitrary: fc.record({
          kind: fc.constantFrom("run" as const, "booking" as const, "correction" as const),
          at: fc.integer({ min: 0, max: lastMinute }),
          minutes: fc.integer({ min: 1, max: 600 }),
        }),
      },
    ),
    { maxLength: 80, minLength: 5 },
  );

type Step = ReturnType<typeof stepsOf> extends fc.Arbitrary<readonly (infer One)[]> ? One : never;

function sampleOf({ name, at, value, isBad }: Extract<Step, { kind: "sample" }>): Sample {
  const stamp = {
    tag: tagId({ platform: "demo", line: "coating", equipment: "oven", tag: name }),
    at: instant(start + at * minute),
  };
  if (isBad) return { ...stamp, quality: "bad", value: null, reason: "TIMEOUT" };
  // Registers mostly grow; the rest of the values goes up and down over every limit of the plant.
  const grown =
    name === "energy" || name === "water" ? Math.floor(at / 7) + value : name === "power" ? value : value * 30;
  const shown = name === "busy" ? value > 3 : name === "mode" ? value % 3 : grown;
  return { ...stamp, quality: "good", value: shown };
}

test.each([
  ["days", 40],
  ["hours", 60],
] as const)(
  "%s of facts that grew with every sample, late, twice or in any order, equal those made anew, to the last bit",
  async (of, numRuns) => {
    await fc.assert(
      fc.asyncProperty(stepsOf(spans[of]), async (all) => {
        await using folder = await temporaryFolder();
        const store = memoryReader();
        let now = start;
        await using bench = await figureBench(folder.path, store, plant, instant(now));
        for (const [i, step] of all.entries()) {
          const at = start + step.at * minute;
          const meta = { id: `r${i}`, at: instant(at), by: "engineer", why: null, origin: `o${i}` };
          if (step.kind === "sample") {
            const sample = sampleOf(step);
            store.write([sample]);
            now = Math.max(now, at + 1_000);
            bench.now = instant(now);
            bench.figures.stored([sample, sample]);
          } else if (step.kind === "look") {
            now = Math.max(now, at);
            bench.now = instant(now);
            // The overview's look at today, and a page's at the month, in whichever order they end.
            await Promise.all([
              bench.figures.of(bench.figures.calendar.periodAt("day", bench.now), ["demo/coating"], ["U-02", "G-01"]),
              bench.figures.of(bench.figures.calendar.period("2026-01")),
            ]);
          } else {
            const span = { from: instant(at), to: instant(at + step.minutes * minute) };
            if (step.kind === "correction") {
              const record = {
                line: "coating",
                equipment: "oven",
                ...span,
                state: "UDT",
                reason: "seen",
                isWithdrawn: false,
              } as const;
              bench.records.addStateCorrections([{ ...meta, record }]);
            } else if (step.kind === "booking") {
              const record = {
                line: "coating",
                equipment: "oven",
                ...span,
                tenant: "t1",
                project: null,
                state: "confirmed",
                note: null,
              } as const;
              bench.records.addBookings([{ ...meta, record }]);
            } else {
              bench.records.addRuns([
                { ...meta, record: { ...runOf(span), to: step.minutes % 2 === 0 ? span.to : null } },
              ]);
            }
          }
        }
        for (const name of ["2026-01-30", "2026-01", "2026-02-01", "2026-Q1"]) {
          const period = bench.figures.calendar.period(name);
          // How samples arrived cannot be learnt again.
          const kept = (await bench.figures.of(period)).filter(
            ({ indicator }) => indicator !== "D-02" && indicator !== "D-04" && indicator !== "D-06",
          );
          const anew = (await bench.fresh().of(period)).filter(
            ({ indicator }) => indicator !== "D-02" && indicator !== "D-04" && indicator !== "D-06",
          );
          expect(JSON.stringify(kept)).toBe(JSON.stringify(anew));
          const shown = await bench.figures.of(period, ["demo/coating"], ["U-02", "G-01"]);
          expect(shown).toEqual(
            anew.filter(({ indicator, scope }) => scope === "demo/coating" && ["U-02", "G-01"].includes(indicator)),
          );
        }
      }),
      { numRuns },
    );
  },
  240_000,
);

test("what people record of a day that is over counts at the next look, though nothing has arrived since the last", async () => {
  await using folder = await temporaryFolder();
  const store = memoryReader();
  await using bench = await figureBench(folder.path, store, plant, instant(start + 84 * 60 * minute));
  const modes = Array.from({ length: 84 * 60 }, (_, i) =>
    sampleOf({ kind: "sample", name: "mode", at: i, value: 1, isBad: false }),
  );
  store.write(modes);
  const day = bench.figures.calendar.period("2026-01-30");
  const utilisation = async () =>
    pick(await bench.figures.of(day, ["demo/coating"], ["U-02"]), "U-02", "demo/coating").value;
  await utilisation();
  expect(await utilisation()).toBe(1);
  const record = {
    line: "coating",
    equipment: "oven",
    from: day.from,
    to: instant(day.from + 6 * 60 * minute),
    state: "UDT",
    reason: "seen",
    isWithdrawn: false,
  } as const;
  bench.records.addStateCorrections([{ id: "c", at: bench.now, by: "li", why: null, origin: "c", record }]);
  // A reading a minute holds for half of it: 9 h productive, and 6 h of which somebody knows better.
  expect(await utilisation()).toBe(0.6);
});

test("a look at an earlier instant than the newest samples leaves them to the next look", async () => {
  await using folder = await temporaryFolder();
  const store = memoryReader();
  const midnight = start + 24 * 60 * minute;
  await using bench = await figureBench(folder.path, store, plant, instant(start));
  const bring = (at: number) => {
    const sample = sampleOf({ kind: "sample", name: "energy", at: (at - start) / minute, value: 0, isBad: false });
    store.write([sample]);
    bench.figures.stored([sample]);
  };
  const look = () => bench.figures.of(bench.figures.calendar.period("2026-01"));
  for (let at = midnight - 300 * minute; at < midnight; at += 20 * minute) bring(at);
  await look();
  // Other equipment took its time: these came before it was this one's turn, and are newer than the look.
  for (let at = midnight; at < midnight + 200 * minute; at += 20 * minute) bring(at);
  bench.now = instant(midnight);
  await look();
  bench.now = instant(midnight + 240 * minute);
  const [grown] = (await look()).filter(({ indicator, scope }) => indicator === "G-01" && scope.endsWith("/oven"));
  const [anew] = (await bench.fresh().of(bench.figures.calendar.period("2026-01"))).filter(
    ({ indicator, scope }) => indicator === "G-01" && scope.endsWith("/oven"),
  );
  expect(grown).toEqual(anew);
});

const runOf = (span: { readonly from: ReturnType<typeof instant>; readonly to: ReturnType<typeof instant> }) =>
  ({
    line: "coating",
    equipment: ["oven"],
    project: "p1",
    tenant: null,
    kind: "validation",
    batch: null,
    recipe: null,
    lot: null,
    quantities: { unit: "kg", planned: null, produced: 10, good: 9 },
    plannedSecondsPerUnit: 60,
    ...span,
    state: "completed",
    reason: null,
    source: "person",
    rule: null,
    note: null,
  }) as const;
