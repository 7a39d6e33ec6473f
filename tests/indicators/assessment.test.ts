import { describe, expect, test } from "vitest";
import { inForce } from "#shared/model/standard.ts";
import { closePeriod } from "../../ingest/assessment/closing.ts";
import { finalGrade, gradeScales } from "../../ingest/assessment/grade.ts";
import { compositeScore, scoreAt } from "../../ingest/assessment/score.ts";
import { canonicalJson, type Json } from "../../shared/kit/canonicalJson.ts";
import {
  chainHashes,
  firstBroken,
  isSignedBy,
  publicKeyHex,
  signingKey,
  signManifest,
} from "../../shared/kit/hashChain.ts";
import { instant } from "../../shared/model/time.ts";

describe("canonical JSON (RFC 8785)", () => {
  test("keys ascend by UTF-16 code units", () => {
    const keys = ["\u20ac", "\r", "\ufb33", "1", "\u{1f600}", "\u0080", "\u00f6"];
    const text = canonicalJson(Object.fromEntries(keys.map((key) => [key, 1])));
    expect(Object.keys(JSON.parse(text))).toEqual(["1", "\r", "\u0080", "\u00f6", "\u20ac", "\u{1f600}", "\ufb33"]);
    expect(text.indexOf('"\\r"')).toBeLessThan(text.indexOf('"1"'));
  });

  test("numbers, literals and texts", () => {
    const value = [Number("333333333.33333329"), 1e30, 4.5, 2e-3, 1e-27, -0, null, true, '€$\u000f\nA"\\'];
    expect(canonicalJson(value)).toBe('[333333333.3333333,1e+30,4.5,0.002,1e-27,0,null,true,"€$\\u000f\\nA\\"\\\\"]');
  });

  test.each([
    [Number.NaN, "$ is NaN"],
    [{ a: [1, Number.POSITIVE_INFINITY] }, "$.a[1] is Infinity"],
    [{ a: undefined }, "$.a is missing"],
    [{ a: "\ud800" }, "half of a surrogate pair"],
  ])("refuses %j", (value, why) => {
    expect(() => canonicalJson(value as Json)).toThrow(why);
  });
});

describe("hash chain and signature", () => {
  const records = [{ seq: 1 }, { seq: 2 }, { seq: 3 }];
  const hashes = chainHashes(records);

  test.each([
    ["whole", records, hashes, null],
    ["a changed record", [{ seq: 1 }, { seq: 9 }, { seq: 3 }], hashes, 1],
    ["a record cut out", [{ seq: 1 }, { seq: 3 }], hashes, 1],
    ["two exchanged", [{ seq: 2 }, { seq: 1 }, { seq: 3 }], hashes, 0],
    ["the end cut off", records.slice(0, 2), hashes, 2],
    ["a hash cut off", records, hashes.slice(0, 2), 2],
    ["nothing", [], [], null],
  ] as const)("%s", (_, some, stored, broken) => {
    expect(firstBroken(some, stored)).toBe(broken);
  });

  test("a signature is that of one manifest and one key", () => {
    const [key, other] = [signingKey(Buffer.alloc(32, 1)), signingKey(Buffer.alloc(32, 2))];
    const manifest = { records: 3, last_hash: hashes[2] ?? "" };
    const signature = signManifest(manifest, key);
    expect(isSignedBy(manifest, signature, publicKeyHex(key))).toBe(true);
    expect(isSignedBy({ ...manifest, records: 4 }, signature, publicKeyHex(key))).toBe(false);
    expect(isSignedBy(manifest, signature, publicKeyHex(other))).toBe(false);
  });

  test("a seed has 32 bytes", () => {
    expect(() => signingKey(Buffer.alloc(31))).toThrow("an Ed25519 seed has 32");
  });
});

test("without late records there is no amendment to approve", () => {
  const closing = closePeriod([{ receivedAt: instant(0), numerator: 1, denominator: 2 }], instant(0), 72, true);
  expect(closing).toMatchObject({ v1: { value: 0.5 }, v2: null, official: "v1", lateRecords: 0 });
});

describe("scores and grades", () => {
  const scale = inForce(gradeScales, "2025-01-01").values;

  test("a broken chain withholds the result", () => {
    expect(finalGrade(95, { vetoes: [], measuredCoverage: 1, isChainIntact: false }, scale)).toBeNull();
  });

  test("the order of breakpoints changes nothing, two at one value are refused", () => {
    expect(
      scoreAt(
        [
          [1, 100],
          [0, 0],
        ],
        0.25,
      ),
    ).toBe(25);
    expect(() =>
      scoreAt(
        [
          [1, 100],
          [1, 0],
        ],
        0.25,
      ),
    ).toThrow("Two breakpoints lie at 1");
  });

  test("three numbers: total, measured, declared; none of what has no items", () => {
    const item = { id: "a", weight: 1, status: "ok", result: { score: 80 } } as const;
    const measured = { id: "A", weight: 3, kind: "measured", items: [item] } as const;
    expect(compositeScore([measured])).toMatchObject({ total: 80, measured: 80, declared: null });
    expect(compositeScore([])).toMatchObject({ total: null, measured: null, declared: null });
  });
});

describe("standards", () => {
  const standard = (id: string, validFrom: string | null, validTo: string | null) => ({
    ...{ id, source: "s", evidence: "P", validFrom, validTo },
    values: id,
  });
  const all = [
    standard("new", "2024-01-01", null),
    standard("first", null, "2020-01-01"),
    standard("old", "2020-01-01", "2025-01-01"),
  ];

  test.each([
    ["2019-12-31", "first"],
    ["2020-01-01", "old"],
    ["2023-12-31", "old"],
    ["2024-01-01", "new"],
  ])("on %s the %s one holds", (day, id) => {
    expect(inForce(all, day).id).toBe(id);
  });

  test("none in force is an error, not the nearest", () => {
    expect(() => inForce([standard("old", "2020-01-01", "2025-01-01")], "2025-01-01")).toThrow(
      "No standard is in force on 2025-01-01",
    );
  });
});
