import { spawnSync } from "node:child_process";
import { chmod, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../fakes/folder.ts";
import { goodCase } from "./cases.ts";

const main = new URL("../../shared/plant/tagTable/main.ts", import.meta.url).pathname;
const small = goodCase("small");

const run = (folder: string, ...args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    cwd: folder,
    encoding: "utf8",
    env: {},
  });
  return { status, stdout, stderr };
};

test("export, change, dry run, import: the file changes only by --write, and as it was it is kept", async () => {
  await using folder = await temporaryFolder();
  const at = (name: string) => join(folder.path, name);
  await writeFile(at("real.yaml"), small);
  await chmod(at("real.yaml"), 0o644);
  await symlink("real.yaml", at("plant.yaml"));
  const device = ["--device", "meter", "--csv", "m.csv"];

  expect(run(folder.path, "export", "plant.yaml", ...device)).toMatchObject({
    status: 0,
    stdout: "m.csv: 1 tags of meter\n",
  });
  expect(run(folder.path, "export", "plant.yaml", ...device)).toMatchObject({
    status: 2,
    stderr: expect.stringContaining("it is there already"),
  });
  expect(run(folder.path, "import", "plant.yaml", ...device)).toMatchObject({ status: 0, stdout: "no changes\n" });

  await writeFile(at("m.csv"), (await readFile(at("m.csv"), "utf8")).replace("kW.h", "MW.h"));
  const dry = run(folder.path, "import", "plant.yaml", ...device);
  expect(dry).toEqual({
    status: 0,
    stdout: "~ coating/oven/energy\n    unit: kW.h → MW.h\n1 changed\nnothing is written yet: --write writes it\n",
    stderr: "",
  });
  expect(await readFile(at("plant.yaml"), "utf8")).toBe(small);

  const written = run(folder.path, "import", "plant.yaml", ...device, "--write");
  expect(written.stdout).toContain("plant.yaml is written; as it was it lies in plant.yaml.bak");
  expect(await readFile(at("real.yaml"), "utf8")).toBe(small.replace("kW.h", "MW.h"));
  expect(await readFile(at("plant.yaml.bak"), "utf8")).toBe(small);
  expect((await stat(at("real.yaml"))).mode & 0o777).toBe(0o644);
  expect((await readdir(folder.path)).toSorted()).toEqual(["m.csv", "plant.yaml", "plant.yaml.bak", "real.yaml"]);
});

test("a table with a mistake is refused with 1, and nothing is written", async () => {
  await using folder = await temporaryFolder();
  await writeFile(join(folder.path, "plant.yaml"), small);
  await writeFile(join(folder.path, "m.csv"), "line,equipment,id,unit\ncoating,oven,energy,kWh\n");
  const refused = run(folder.path, "import", "plant.yaml", "--device", "meter", "--csv", "m.csv", "--write");
  expect(refused).toEqual({
    status: 1,
    stdout: "m.csv:2:4: unit: `kWh` is no unit of UCUM; write `kW.h`.\none mistake; nothing is written\n",
    stderr: "",
  });
  expect((await readdir(folder.path)).toSorted()).toEqual(["m.csv", "plant.yaml"]);
  expect(await readFile(join(folder.path, "plant.yaml"), "utf8")).toBe(small);
});

test.each([
  ["neither export nor import", ["improt", "plant.yaml", "--device", "meter"], /`improt` is neither export nor import/],
  ["no device", ["export", "plant.yaml"], /name the device with --device/],
  ["an unknown device", ["export", "plant.yaml", "--device", "metre"], /no device `metre`; did you mean `meter`\?/],
  ["no table", ["import", "plant.yaml", "--device", "meter"], /name the table with --csv/],
  [
    "a table that is not there",
    ["import", "plant.yaml", "--device", "meter", "--csv", "no.csv"],
    /no\.csv cannot be read/,
  ],
])("%s is a wrong command line", async (_, args, expected) => {
  await using folder = await temporaryFolder();
  await writeFile(join(folder.path, "plant.yaml"), small);
  expect(run(folder.path, ...args)).toMatchObject({ status: 2, stdout: "", stderr: expect.stringMatching(expected) });
});
