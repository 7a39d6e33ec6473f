// biome-ignore-all lint/suspicious/noTemplateCurlyInString: plant files write variables like that
import { spawnSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Value } from "typebox/value";
import { describe, expect, test } from "vitest";
import { loadPlant, parsePlant } from "#shared/plant/load.ts";
import { formatProblem } from "#shared/plant/problem.ts";
import { PlantSchema } from "#shared/plant/schema.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { goodCase, plantCases } from "./cases.ts";

const said = (text: string, env: Record<string, string> = {}): string[] =>
  parsePlant(text, "plant.yaml", env).problems.map((problem) => formatProblem(problem).replace(/^plant\.yaml:/, ""));

describe("case files", () => {
  test.each(plantCases(".good.yaml"))("$file is accepted, and is what its schema says", ({ text, file }) => {
    const { plant, problems } = parsePlant(text, file, {});
    expect(problems).toEqual([]);
    expect([...Value.Errors(PlantSchema, plant)]).toEqual([]);
  });

  test.each(plantCases(".bad.yaml"))(
    "$file is refused, and the message names place and remedy",
    ({ text, expected }) => {
      expect(expected.length).toBeGreaterThan(0);
      expect(said(text)).toEqual(expected);
    },
  );
});

describe("environment", () => {
  const small = goodCase("small");
  const withHost = (host: string) => small.replace("host: 127.0.0.1", () => host);
  const connection = (text: string, env: Record<string, string> = {}) => {
    const { plant, problems } = parsePlant(text, "plant.yaml", env);
    expect(problems).toEqual([]);
    return plant?.devices.find(({ id }) => id === "meter")?.connection;
  };

  test.each([
    ["a default", "host: ${HOST:10.0.0.5}", {}, { host: "10.0.0.5" }],
    ["the variable before the default", "host: ${HOST:10.0.0.5}", { HOST: "meter.local" }, { host: "meter.local" }],
    ["inside text", "host: ${NAME}.${ZONE:local}", { NAME: "m1" }, { host: "m1.local" }],
    ["a number where the schema asks for one", 'host: a\n      port: "${PORT:1502}"', {}, { port: 1502 }],
    ["no number where none is written", "host: a\n      port: 1503", {}, { port: 1503 }],
    ["text where the schema asks for text", "host: ${HOST:7}", {}, { host: "7" }],
    ["an escaped one is left", "host: a$${HOST}b", { HOST: "x" }, { host: "a${HOST}b" }],
  ])("%s", (_, written, env, expected) => {
    expect(connection(withHost(written), env as Record<string, string>)).toMatchObject(expected);
  });

  test("what a variable holds is never read as YAML or as another variable", () => {
    expect(connection(withHost("host: ${HOST}"), { HOST: "${OTHER}: {a: [" })).toMatchObject({
      host: "${OTHER}: {a: [",
    });
  });
});

test("true and false come out of the environment where the schema asks for them", () => {
  const shown = (env: Record<string, string>) =>
    parsePlant(goodCase("edges"), "plant.yaml", env).plant?.lines[0]?.equipment[0]?.tags[0]?.key;
  expect([shown({}), shown({ SHOW_RUNNING: "false" })]).toEqual([true, false]);
  expect(said(goodCase("edges"), { SHOW_RUNNING: "yes" })).toEqual([
    "30:18: lines[0].equipment[0].tags[0].key: must be true or false, is `yes`; expected: Shown on the line's card of the overview.",
  ]);
});

test("an alias stands for its anchor", () => {
  const good = goodCase("small")
    .replace("name: { zh: 温度, en: Temperature }", "name: &name { zh: 温度, en: Temperature }")
    .replace("name: { zh: 模式, en: Mode }", "name: *name");
  const tags = parsePlant(good, "plant.yaml", {}).plant?.lines[0]?.equipment[0]?.tags;
  expect(tags?.[1]?.name).toEqual(tags?.[0]?.name);
});

test("defaults are filled in at every level", () => {
  const { plant } = parsePlant(goodCase("small"), "plant.yaml", {});
  expect(plant?.platform.timeZone).toBe("Asia/Shanghai");
  expect(plant?.devices[1]?.polling).toMatchObject({
    periodMs: 1_000,
    maxGap: 10,
    maxRegisters: 125,
    retries: 1,
    exclude: [],
  });
  expect(plant?.lines[0]?.equipment[0]?.tags[0]).toMatchObject({ type: "float", decimals: 2, report: "change" });
  expect(plant?.lines[0]?.alarms[0]).toMatchObject({ priority: "medium", deadband: 0, onDelayMs: 0 });
});

test("an empty file says where to start", () => {
  expect(said("# nothing yet\n")).toEqual(["1:1: plant: the file is empty; start from plant.example.yaml."]);
});

test("loadPlant throws CONFIG with every mistake on its line", async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, "plant.yaml");
  await writeFile(file, goodCase("small").replaceAll("device: plc", "device: nobody"));
  await expect(loadPlant(file, {})).rejects.toMatchObject({
    code: "CONFIG",
    detail: expect.stringMatching(/has 2 mistakes:\n.*plant\.yaml:32:21: .*\n.*plant\.yaml:38:21: .*nobody/),
  });
  await expect(loadPlant(join(folder.path, "absent.yaml"), {})).rejects.toMatchObject({ code: "CONFIG" });
});

describe("the check command", () => {
  const run = (file: string) =>
    spawnSync(process.execPath, ["shared/plant/checkMain.ts", file], { encoding: "utf8", env: {} });

  test("accepts a good file with 0, refuses a bad one with 1, and a missing one with 2", () => {
    expect(run("tests/cases/plant/small.good.yaml")).toMatchObject({
      status: 0,
      stdout: expect.stringContaining("no mistakes"),
    });
    const refused = run("tests/cases/plant/unknown-key.bad.yaml");
    expect(refused.status).toBe(1);
    expect(refused.stdout).toContain(
      "tests/cases/plant/unknown-key.bad.yaml:35:13: lines[0].equipment[0].tags[0].units: ",
    );
    expect(run("tests/cases/plant/absent.yaml").status).toBe(2);
  });
});
