import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Sample, TagId } from "#shared/model/sample.ts";
import { instant, millis } from "#shared/model/time.ts";
import { heartbeat, judge, type ReportRule } from "../../gateway/reportByException.ts";
import { tck } from "../sparkplug/tck.ts";

const tag = "p/l/e/t" as TagId;
const good = (at: number, value: number): Sample => ({ tag, at: instant(at), quality: "good", value });
const bad = (at: number, reason: "TIMEOUT" | "NOT_CONNECTED"): Sample => ({
  tag,
  at: instant(at),
  quality: "bad",
  value: null,
  reason,
});
const rule: ReportRule = { report: "change", deadband: 0.5, heartbeatMs: 10_000, minIntervalMs: 0 };

const isNews = (by: ReportRule, last: Sample | undefined, sample: Sample): boolean =>
  ["now", "beat"].includes(judge(by, last, sample));

/** What is reported of a series. */
function reported(series: readonly Sample[], by: ReportRule): readonly Sample[] {
  const all: Sample[] = [];
  for (const sample of series) if (isNews(by, all.at(-1), sample)) all.push(sample);
  return all;
}

const series = fc
  .array(
    fc.record({
      step: fc.integer({ min: 1, max: 4_000 }),
      value: fc.integer({ min: -20, max: 20 }),
      kind: fc.integer({ min: 0, max: 9 }),
    }),
    { maxLength: 80 },
  )
  .map((steps) => {
    let at = 0;
    return steps.map(({ step, value, kind }): Sample => {
      at += step;
      if (kind === 0) return bad(at, "TIMEOUT");
      if (kind === 1) return { tag, at: instant(at), quality: "uncertain", value: value / 10, reason: "OUT_OF_RANGE" };
      return good(at, value / 10);
    });
  });

describe("judge", () => {
  test("whoever holds the last report is never wrong by more than the deadband, nor in quality, nor older than a heartbeat", () => {
    fc.assert(
      fc.property(series, (samples) => {
        let last: Sample | undefined;
        for (const sample of samples) {
          if (isNews(rule, last, sample)) last = sample;
          expect(last?.quality).toBe(sample.quality);
          expect(last?.reason).toBe(sample.reason);
          expect(sample.at - (last?.at ?? 0)).toBeLessThan(rule.heartbeatMs);
          if (sample.quality !== "bad")
            expect(Math.abs(Number(last?.value) - Number(sample.value))).toBeLessThanOrEqual(rule.deadband);
        }
      }),
    );
  });

  test(
    tck(
      "without a deadband every change is reported, and nothing else within a heartbeat",
      "principles-rbe-recommended",
      "operational-behavior-data-publish-dbirth-change",
    ),
    () => {
      fc.assert(
        fc.property(series, (samples) => {
          const all = reported(samples, { ...rule, deadband: 0 });
          for (const [i, sample] of all.slice(1).entries()) {
            const before = all[i] as Sample;
            const changed = sample.value !== before.value || sample.quality !== before.quality;
            expect(changed || sample.at - before.at >= rule.heartbeatMs).toBe(true);
          }
        }),
      );
    },
  );

  test("`every` passes each new source time and no repeat of one", () => {
    fc.assert(
      fc.property(series, (samples) => {
        const twice = samples.flatMap((sample) => [sample, sample]);
        expect(reported(twice, { ...rule, report: "every" })).toEqual(samples);
      }),
    );
  });

  test.each<[string, Sample, Sample, boolean]>([
    ["a change by the deadband is not reported", good(0, 1), good(1_000, 1.5), false],
    ["a change beyond it is", good(0, 1), good(1_000, 1.6), true],
    ["an unchanged value after the heartbeat is", good(0, 1), good(10_000, 1), true],
    ["bad after good is", good(0, 1), bad(1, "TIMEOUT"), true],
    ["another reason is", bad(0, "TIMEOUT"), bad(1, "NOT_CONNECTED"), true],
    ["the same bad again is not", bad(0, "TIMEOUT"), bad(1, "TIMEOUT"), false],
  ])("%s", (_, last, sample, expected) => expect(isNews(rule, last, sample)).toBe(expected));

  test("`every` passes another value of the same source time: some clocks count whole seconds", () => {
    const every: ReportRule = { ...rule, report: "every" };
    expect(judge(every, good(1_000, 1), good(1_000, 2))).toBe("now");
    expect(judge(every, good(1_000, 1), good(1_000, 1))).toBe("same");
  });

  test.each<[string, Sample, Sample, ReturnType<typeof judge>]>([
    ["a change within the minimum interval waits", good(0, 1), good(1_999, 5), "held"],
    ["one at its end does not", good(0, 1), good(2_000, 5), "now"],
    ["a change of quality never waits", good(0, 1), bad(1, "TIMEOUT"), "now"],
    ["an unchanged value does not wait, it is no news", good(0, 1), good(1_999, 1), "same"],
    ["a source clock that was set back does not silence a tag", good(50_000, 1), good(1_000, 5), "now"],
  ])("%s", (_, last, sample, expected) =>
    expect(judge({ ...rule, minIntervalMs: 2_000 }, last, sample)).toBe(expected),
  );
});

describe("heartbeat", () => {
  test("repeats the newest value in the clock of its source", () => {
    expect(heartbeat(rule, good(1_000, 1), good(5_000, 1.2), millis(5_999))).toBeUndefined();
    expect(heartbeat(rule, good(1_000, 1), good(5_000, 1.2), millis(6_000))).toEqual(good(11_000, 1.2));
  });
  test("is silent for `every`: no new source time is no news", () => {
    expect(heartbeat({ ...rule, report: "every" }, good(0, 1), good(0, 1), millis(60_000))).toBeUndefined();
  });
});
