import { spawnSync } from "node:child_process";
import { readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { secretVariables, withSecrets } from "../../deploy/environmentFile.ts";
import { temporaryFolder } from "../fakes/folder.ts";

const secrets = (...args: string[]) =>
  spawnSync(process.execPath, ["pilotline.ts", "secrets", ...args], { encoding: "utf8", env: {} });
const plant = "tests/cases/plant/small.good.yaml";

test("the command makes a credential per process, and a second run keeps every one of them", async () => {
  await using folder = await temporaryFolder();
  const environment = join(folder.path, ".env");
  const args = ["--plant", plant, "--data", folder.path, "--compose-env", environment];
  expect(secrets(...args).status).toBe(0);
  const credential = join(folder.path, "secrets", "broker", "gateway-edge-1.json");
  const first = await readFile(credential, "utf8");
  expect(JSON.parse(first)).toMatchObject({ username: "gateway-edge-1", password: expect.stringMatching(/^.{32}$/) });
  for (const name of ["secrets/broker/gateway-edge-1.json", "mosquitto/passwd", "mosquitto/acl", ".env"]) {
    expect((await stat(join(folder.path, name))).mode & 0o077, name).toBe(0);
  }
  const variables = await readFile(environment, "utf8");
  for (const name of secretVariables) expect(variables).toMatch(new RegExp(`^${name}=.{32}$`, "m"));

  expect(secrets(...args).status).toBe(0);
  expect(await readFile(credential, "utf8")).toBe(first);
  expect(await readFile(environment, "utf8")).toBe(variables);
});

test("no password stands in Mosquitto's file", async () => {
  await using folder = await temporaryFolder();
  const shown = secrets("--plant", plant, "--data", folder.path);
  const { password } = JSON.parse(await readFile(join(folder.path, "secrets", "broker", "ingest.json"), "utf8"));
  expect(await readFile(join(folder.path, "mosquitto", "passwd"), "utf8")).not.toContain(password);
  expect(shown.stdout + shown.stderr).not.toContain(password);
});

test("a mistake in the plant file, and a damaged credential, are named before anything is written", async () => {
  await using folder = await temporaryFolder();
  const bad = secrets("--plant", "tests/cases/plant/unknown-key.bad.yaml", "--data", join(folder.path, "new"));
  expect(bad).toMatchObject({ status: 1, stderr: expect.stringContaining("unknown-key.bad.yaml:35:13") });
  await expect(stat(join(folder.path, "new"))).rejects.toThrow();

  expect(secrets("--plant", plant, "--data", folder.path).status).toBe(0);
  await rm(join(folder.path, "mosquitto"), { recursive: true });
  await writeFile(join(folder.path, "secrets", "broker", "ingest.json"), "{}");
  const damaged = secrets("--plant", plant, "--data", folder.path);
  expect(damaged).toMatchObject({ status: 1, stderr: expect.stringMatching(/ingest\.json is no credential/) });
  await expect(stat(join(folder.path, "mosquitto"))).rejects.toThrow();
});

test("only missing variables are added, and an empty one counts as missing", () => {
  const make = () => "made";
  expect(withSecrets("A=1", make)).toBe("A=1\nINFLUXDB_PASSWORD=made\nINFLUXDB_TOKEN=made\n");
  expect(withSecrets("INFLUXDB_TOKEN=mine\nINFLUXDB_PASSWORD=\n", make)).toBe(
    "INFLUXDB_TOKEN=mine\nINFLUXDB_PASSWORD=\nINFLUXDB_PASSWORD=made\n",
  );
  expect(withSecrets("INFLUXDB_TOKEN=a\nINFLUXDB_PASSWORD=b\n", make)).toBeNull();
});
