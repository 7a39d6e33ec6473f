import { spawnSync } from "node:child_process";
import { createPublicKey } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { recompute } from "../../ingest/assessment/recompute/recompute.ts";
import { hours, instant } from "../../shared/model/time.ts";
import { type Bench, closing, freshFigures, good, key, mode, october, plant, plantText, startBench } from "./bench.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const pilotline = (...args: string[]) =>
  spawnSync(process.execPath, ["pilotline.ts", ...args], { cwd: root, encoding: "utf8" });
const again = (bench: Bench, period: string) =>
  recompute(period, {
    plant,
    records: bench.records,
    figures: freshFigures(bench.reader, bench.records, { ...bench.clock, now: () => instant(bench.now + hours(900)) }),
  });

test("what was sealed comes out of the store again, byte for byte, later too, and a quarter of official months", async () => {
  await using bench = await startBench({
    version: "2026-1",
    source: "the platform's rule",
    breakpoints: [
      {
        indicator: "U-02",
        points: [
          [0, 0],
          [1, 100],
        ],
      },
    ],
    notApplicable: [{ indicator: "G-11", reason: "no stack", approvedBy: "board", approvedOn: "2026-01-05" }],
  });
  await bench.registrar.seal("2026-10", "anna", []);
  expect(await again(bench, "2026-10")).toEqual({ period: "2026-10", version: 1, isSame: true, differences: [] });
  bench.now = closing + hours(24 * 70);
  await bench.registrar.seal("2026-11", "anna", []);
  await bench.registrar.seal("2026-12", "anna", []);
  await bench.registrar.seal("2026-Q4", "anna", []);
  expect(await again(bench, "2026-Q4")).toMatchObject({ isSame: true });
  await expect(again(bench, "2026-09")).rejects.toMatchObject({ code: "NOT_FOUND" });
});

test("late data makes it differ in the figures that it touches, until an amendment is official", async () => {
  await using bench = await startBench();
  await bench.registrar.seal("2026-10", "anna", []);
  await bench.samples.write([{ name: null, samples: [good(mode, october.from + 600_000, 1)] }]);
  const { isSame, differences } = await again(bench, "2026-10");
  expect(isSame).toBe(false);
  expect(differences.map(({ what }) => what)).toContain("U-02 demo/chem numerator");
  expect(differences.some(({ what }) => what.startsWith("G-01 demo/chem value"))).toBe(false);
  await bench.registrar.amend("2026-10", "anna", "late data", null);
  await bench.registrar.approve("2026-10", 2, "otto");
  expect(await again(bench, "2026-10")).toMatchObject({ isSame: true, version: 2 });
});

test("both commands say so, with exit code 1 where something differs", { timeout: 60_000 }, async () => {
  await using bench = await startBench();
  await bench.registrar.seal("2026-10", "anna", []);
  const pack = join(bench.folder, "pack.zip");
  const publicKey = join(bench.folder, "key.pem");
  const plantFile = join(bench.folder, "plant.yaml");
  await writeFile(pack, bench.records.assessmentPack("2026-10", 1) ?? "");
  await writeFile(publicKey, createPublicKey(key).export({ format: "pem", type: "spki" }));
  await writeFile(plantFile, plantText);
  const verified = pilotline("verify", pack, "--public-key", publicKey);
  expect(verified).toMatchObject({ status: 0, stderr: "" });
  expect(verified.stdout).toContain("As it was sealed: demo, 2026-10, version 1.");

  const at = ["--period", "2026-10", "--data", bench.folder, "--plant", plantFile];
  expect(pilotline("recompute", ...at)).toMatchObject({
    status: 0,
    stdout: "2026-10, version 1: the same, byte for byte.\n",
  });
  await bench.samples.write([{ name: null, samples: [good(mode, october.from + 600_000, 1)] }]);
  const differs = pilotline("recompute", ...at);
  expect(differs.status).toBe(1);
  expect(differs.stdout).toContain("U-02 demo/chem numerator: sealed 892800, now 893400");
  await writeFile(
    pack,
    Buffer.concat([bench.records.assessmentPack("2026-10", 1) ?? new Uint8Array(), Buffer.from("x")]),
  );
  expect(pilotline("verify", pack).status).toBe(1);
  expect(pilotline("verify", join(bench.folder, "none.zip")).status).toBe(2);
});
