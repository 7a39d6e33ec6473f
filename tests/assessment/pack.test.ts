import { createPublicKey, sign } from "node:crypto";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { commentPrefix, signedPart } from "../../ingest/assessment/pack.ts";
import { checkPack } from "../../ingest/assessment/verify/checkPack.ts";
import { signingKey } from "../../shared/kit/hashChain.ts";
import { readZip, writeZip } from "../../shared/kit/zip.ts";
import { key, startBench } from "./bench.ts";

let pack = Buffer.alloc(0);
beforeAll(async () => {
  await using bench = await startBench();
  await bench.registrar.seal("2026-10", "anna", []);
  pack = Buffer.from(bench.records.assessmentPack("2026-10", 1) ?? []);
});
const publicKey = createPublicKey(key);
const problems = (bytes: Uint8Array) => checkPack(bytes, publicKey).problems;

test("the pack as it was sealed has no problem, with the platform's key or with its own", () => {
  expect(problems(pack)).toEqual([]);
  expect(checkPack(pack, null)).toMatchObject({ problems: [], manifest: { period: "2026-10", version: 1 } });
});

test("it holds report, figures, evidence, chain, key and how to verify in both languages", () => {
  const names = readZip(pack).files.map(({ name }) => name);
  for (const name of [
    "assessment.json",
    "report.html",
    "figures.csv",
    "figures.xlsx",
    "chain.csv",
    "evidence/states.csv",
    "evidence/readings/chem/r101/kwh.csv",
    "evidence/readings/chem/r101/mode.csv",
    "evidence/uses.json",
    "manifest.json",
    "signature.txt",
    "public-key.pem",
    "HOW-TO-VERIFY.zh.txt",
    "HOW-TO-VERIFY.en.txt",
  ]) {
    expect(names).toContain(name);
  }
});

test("a change of any byte is found", () => {
  fc.assert(
    fc.property(fc.nat(pack.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      const changed = Buffer.from(pack);
      changed[at] = (changed[at] ?? 0) ^ flip;
      expect(problems(changed)).not.toEqual([]);
    }),
    { numRuns: 200 },
  );
});

test("every byte of its last 400, where directory, lengths and signature stand, and a cut or added byte are found", {
  timeout: 120_000,
}, () => {
  for (let at = pack.length - 400; at < pack.length; at++) {
    const changed = Buffer.from(pack);
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect(problems(changed), String(at)).not.toEqual([]);
  }
  expect(problems(pack.subarray(0, -1))).not.toEqual([]);
  expect(problems(Buffer.concat([pack, Buffer.from([0])]))).not.toEqual([]);
  expect(problems(Buffer.alloc(0))).not.toEqual([]);
});

/** Puts another file into the pack and signs the archive again. */
async function forged(name: string, change: (text: string) => string, by = key): Promise<Buffer> {
  const files = readZip(pack).files.map((file) =>
    file.name === name ? { name, bytes: Buffer.from(change(Buffer.from(file.bytes).toString("utf8"))) } : file,
  );
  const archive = await writeZip(files, " ".repeat(commentPrefix.length + 128));
  const body = signedPart(archive);
  return Buffer.concat([body, Buffer.from(`${commentPrefix}${sign(null, body, by).toString("hex")}`, "latin1")]);
}

test("a file that was exchanged with care is found, and named", async () => {
  const report = await forged("report.html", (text) => text.replace("综合得分", "综合得分!"));
  expect(problems(report)).toEqual(["report.html is not the file that was sealed"]);
  const better = await forged("assessment.json", (text) => text.replace(/"coverage":0\.\d+/, '"coverage":0.99'));
  expect(problems(better)).toContain("the hash chain of the document is broken");
  expect(problems(better).some((problem) => /breaks at record \d+/.test(problem))).toBe(true);
});

test("a pack that somebody else signed is no pack of this platform", async () => {
  const other = signingKey(Buffer.alloc(32, 9));
  const pem = createPublicKey(other).export({ format: "pem", type: "spki" }).toString();
  expect(problems(await forged("public-key.pem", () => pem, other))).toContain(
    "public-key.pem is not the key that the platform published",
  );
});
