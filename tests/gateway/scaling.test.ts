import { expect, test } from "vitest";
import type { TagId } from "#shared/model/sample.ts";
import { instant } from "#shared/model/time.ts";
import type { Reading } from "../../gateway/driver.ts";
import { type ScaledTag, toSample } from "../../gateway/scaling.ts";

const at = instant(1_000);
const tag = (config: ScaledTag["config"]): ScaledTag => ({ id: "p/l/e/t" as TagId, config });
/** 2^53 + 1: the nearest double is 2^53. */
const huge = "9007199254740993";
const good = (value: number | boolean | string): Reading => ({ at, quality: "good", value });

test.each<[string, ScaledTag["config"], Reading, object]>([
  ["scales", { type: "float", scale: { factor: 0.1, offset: -40 } }, good(500), { quality: "good", value: 10 }],
  [
    "keeps a value outside the range as uncertain",
    { type: "float", range: [0, 100] },
    good(101),
    { quality: "uncertain", value: 101, reason: "OUT_OF_RANGE" },
  ],
  ["the limits belong to the range", { type: "float", range: [0, 100] }, good(100), { quality: "good", value: 100 }],
  ["NaN is no number", { type: "float" }, good(Number.NaN), { quality: "bad", value: null, reason: "NOT_A_NUMBER" }],
  [
    "infinity is no number",
    { type: "float", scale: { factor: 2, offset: 0 } },
    good(Number.MAX_VALUE),
    { quality: "bad", value: null, reason: "NOT_A_NUMBER" },
  ],
  [
    "rounds a scaled integer",
    { type: "int", scale: { factor: 0.1, offset: 0 } },
    good(127),
    { quality: "good", value: 13 },
  ],
  [
    "refuses a fraction for an integer",
    { type: "int" },
    good(1.5),
    { quality: "bad", value: null, reason: "WRONG_TYPE" },
  ],
  [
    "refuses what a double cannot hold",
    { type: "int", scale: { factor: 10, offset: 0 } },
    good(Number.MAX_SAFE_INTEGER),
    { quality: "bad", value: null, reason: "OUT_OF_RANGE" },
  ],
  ["keeps a whole number beyond 2^53", { type: "int" }, good(huge), { quality: "good", value: huge }],
  ["keeps it as text, too", { type: "string" }, good(huge), { quality: "good", value: huge }],
  [
    "doubts it beyond the range",
    { type: "int", range: [0, 1_000] },
    good(huge),
    { quality: "uncertain", value: huge, reason: "OUT_OF_RANGE" },
  ],
  [
    "scales it as a double",
    { type: "float", scale: { factor: 2 ** -53, offset: 0 } },
    good(huge),
    { quality: "good", value: 1 },
  ],
  [
    "does not round it for a float",
    { type: "float" },
    good(huge),
    { quality: "bad", value: null, reason: "OUT_OF_RANGE" },
  ],
  [
    "knows an invalid marker of 64 bits",
    { type: "int", invalid: [2 ** 63] },
    good("9223372036854775807"),
    { quality: "bad", value: null, reason: "INVALID_MARKER" },
  ],
  ["takes 0 and 1 for bool", { type: "bool" }, good(1), { quality: "good", value: true }],
  ["refuses 2 for bool", { type: "bool" }, good(2), { quality: "bad", value: null, reason: "WRONG_TYPE" }],
  ["refuses text for a number", { type: "float" }, good("12"), { quality: "bad", value: null, reason: "WRONG_TYPE" }],
  ["keeps text", { type: "string" }, good("RUN"), { quality: "good", value: "RUN" }],
  [
    "keeps uncertain with its reason",
    { type: "float" },
    { at, quality: "uncertain", value: 1, reason: "STALE" },
    { quality: "uncertain", value: 1, reason: "STALE" },
  ],
  [
    "keeps bad with its reason",
    { type: "float" },
    { at, quality: "bad", value: null, reason: "TIMEOUT" },
    { quality: "bad", value: null, reason: "TIMEOUT" },
  ],
])("%s", (_, config, reading, expected) => {
  expect(toSample(tag(config), reading)).toEqual({ tag: "p/l/e/t", at, ...expected });
});
