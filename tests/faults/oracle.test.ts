// The oracle of the fault experiments: each kind of mistake in a store is found, and a right store has none.
import { expect, test } from "vitest";
import type { Gap, GapCause, Sample, TagId } from "#shared/model/sample.ts";
import { instant } from "#shared/model/time.ts";
import { judge } from "./rig/oracle.ts";

const tag = "faults/bench/d0/t0" as TagId;
const sample = (n: number, value = n): Sample => ({ tag, at: instant(n * 1_000), quality: "good", value });
const bad = (n: number): Sample => ({ tag, at: instant(n * 1_000), quality: "bad", value: null, reason: "TIMEOUT" });
const accepted = [1, 2, 3, 4, 5].map((n) => sample(n));
const gap = (from: number, to: number): Gap => ({
  ...{ tag, from: instant(from * 1_000), to: instant(to * 1_000), lost: 1 },
  cause: "outbox_full" as GapCause,
});
const verdictOf = (stored: readonly Sample[], gaps: readonly Gap[] = []) => {
  const { lost, undeclared, duplicated, wrong } = judge({
    accepted,
    stored: new Map([[tag, stored]]),
    gaps: () => gaps,
    upTo: 5,
    until: instant(5_000),
  });
  return { lost, undeclared, duplicated, wrong };
};
const none = { lost: 0, undeclared: 0, duplicated: 0, wrong: 0 };

test.each<[string, readonly Sample[], readonly Gap[], Partial<typeof none>]>([
  ["all of it", accepted, [], {}],
  ["numbers still under way", [...accepted, sample(6)], [], {}],
  ["a failed reading that came later", [...accepted, bad(6)], [], {}],
  [
    "a failed reading that nobody accepted",
    [...accepted.slice(0, 3), bad(3.5), ...accepted.slice(3)],
    [],
    { wrong: 1 },
  ],
  ["one missing", accepted.toSpliced(2, 1), [], { lost: 1, undeclared: 1 }],
  ["one missing in a declared gap", accepted.toSpliced(2, 1), [gap(2, 4)], { lost: 1 }],
  ["one missing beside a declared gap", accepted.toSpliced(2, 1), [gap(4, 5)], { lost: 1, undeclared: 1 }],
  ["one twice, at another time", [...accepted, sample(5.5, 5)], [], { duplicated: 1 }],
  ["another value", accepted.with(2, sample(3, 2.5)), [], { wrong: 1 }],
  ["one that nobody accepted", accepted.toSpliced(2, 0, sample(2.5)), [], { wrong: 1 }],
])("a store that holds %s", (_, stored, gaps, found) => {
  expect(verdictOf(stored, gaps)).toEqual({ ...none, ...found });
});
