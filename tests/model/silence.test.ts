import { expect, test } from "vitest";
import { errorCodes } from "#shared/model/errors.ts";
import { parseTagId, tagId } from "#shared/model/sample.ts";
import { silencesIn } from "#shared/model/silence.ts";

test("a silence lies between two samples further apart than the limit, and nowhere else", () => {
  expect(silencesIn([0, 1_000, 3_000, 4_000, 9_000], 1_500)).toEqual([
    { from: 1_000, to: 3_000 },
    { from: 4_000, to: 9_000 },
  ]);
  expect(silencesIn([0, 1_000, 2_000], 1_000)).toEqual([]);
  expect(silencesIn([], 1)).toEqual([]);
});

test("a late sample closes a silence by being there", () => {
  expect(silencesIn([0, 1_000, 2_000, 3_000], 1_500)).toEqual([]);
});

test("a tag id comes apart into what it was made of", () => {
  const path = { platform: "demo", line: "bench", equipment: "pump", tag: "current" };
  expect(parseTagId(tagId(path))).toEqual(path);
  expect(parseTagId("demo/bench/pump")).toBeUndefined();
  expect(parseTagId("demo/bench//current")).toBeUndefined();
  expect(parseTagId("a/b/c/d/e")).toBeUndefined();
});

test.each(Object.entries(errorCodes))("%s says in both languages what it is, and what to do", (_, { zh, en, help }) => {
  expect(zh).toMatch(/\p{Script=Han}/u);
  expect(en.length).toBeGreaterThan(3);
  expect(help).toMatch(/\.$/);
});
