import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { command } from "../../ingest/records/command.ts";
import { runRecords } from "../../ingest/records/run.ts";
import { systemClock } from "../../shared/kit/clock.ts";
import { parseCommand } from "../../shared/kit/command.ts";
import { recordKinds } from "../../shared/model/recordKind.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { plantYaml } from "./plantFixture.ts";
import { startRig } from "./rig.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

const tables = {
  tenants:
    "id,name,relation,creditCode,contact,active\nacme,Acme,external,91370000MA3ABCDE1X,=1+1,\nlab,Lab,own,,,yes\n",
  projects: "id,name,tenant,active\np1,Scale-up,acme,yes\n",
  prices: [
    "id,validFrom,item,of,cny,source",
    "y26,2026-01-01,hour,chem/r101,120,decision 7",
    "y26,2026-01-01,kWh,,0.8,decision 7",
    "y26,2026-01-01,kWh,peak,1.2,decision 7",
    "y26,2026-01-01,m3,,4.1,decision 7",
    "",
  ].join("\n"),
  bookings:
    "line,equipment,from,to,tenant,project,state\n" +
    "chem,r101,2026-03-01T08:00:00+08:00,2026-03-01T12:00:00+08:00,acme,p1,confirmed\n",
  runs:
    "line,equipment,from,to,project,produced,unit\n" +
    "chem,r101+r102,2025-03-01T08:00:00+08:00,2025-03-01T12:00:00+08:00,p1,12.5,kg\n",
  declared: "item,period,value,note\nP-13,2026,3,\n",
} as const;

async function desk() {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await temporaryFolder()).path;
  const rig = stack.use(await startRig(folder));
  const plant = join(folder, "plant.yaml");
  await writeFile(plant, plantYaml);
  const at = ["--data", rig.data, "--plant", plant, "--broker", rig.broker.url, "--user", "li"];
  const records = async (...args: readonly string[]) => {
    const parsed = parseCommand(command, [...at, ...args], {});
    if (parsed === "help") throw new Error("no help wanted");
    return runRecords(parsed, systemClock);
  };
  const file = async (name: string, text: string | Uint8Array): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, text);
    return path;
  };
  const closing = stack.move();
  return { records, rig, at, file, folder, [Symbol.asyncDispose]: () => closing.disposeAsync() };
}

test("each kind is tried, imported once, and exported as a table that adds nothing when it comes again", async () => {
  await using at = await desk();
  for (const kind of recordKinds) {
    const csv = await at.file(`${kind}.csv`, tables[kind]);
    const count = kind === "tenants" ? 2 : 1;
    const import_ = (...more: string[]) => at.records("import", kind, "--csv", csv, ...more);
    expect((await import_()).out).toBe(`${count} ${kind} would be added\nnothing is imported yet: --write imports\n`);
    expect((await import_("--write")).out).toBe(`${count} ${kind} added\n`);
    expect((await import_("--write")).out).toMatch(new RegExp(`^0 ${kind} added, ${count} (is|are) there already\n$`));
  }
  await using records = await at.rig.records();
  expect(records.tenant("acme")).toMatchObject({ relation: "external", contact: "=1+1", active: true });
  expect(records.priceList("y26")).toMatchObject({
    validFrom: "2026-01-01",
    perHour: { "chem/r101": 120 },
    energy: { perKwh: 0.8, byBand: { peak: 1.2 } },
    waterPerM3: 4.1,
  });
  expect(records.run("R000001")).toMatchObject({ equipment: ["r101", "r102"], tenant: "acme", source: "import" });
  expect(records.declaredItem("D000001")).toMatchObject({ state: "draft", declarer: "li", value: 3 });
  for (const kind of ["tenants", "projects", "prices"] as const) {
    const csv = join(at.folder, `again-${kind}.csv`);
    expect((await at.records("export", kind, "--csv", csv)).code).toBe(0);
    expect((await at.records("import", kind, "--csv", csv, "--write")).out).toMatch(/^0 /);
    await expect(at.records("export", kind, "--csv", csv)).rejects.toThrow(/there already/);
  }
  expect((await at.records("export", "tenants")).out).toContain("acme,Acme,external,91370000MA3ABCDE1X,'=1+1,yes\r\n");
  expect((await at.records("export", "bookings", "--from", "2026-04-01")).out.split("\r\n")).toHaveLength(2);
});

test("mistakes are told line by line, and nothing of the file is imported", async () => {
  await using at = await desk();
  await at.records("import", "tenants", "--csv", await at.file("t.csv", tables.tenants), "--write");
  const refused = async (kind: string, text: string) => {
    const csv = await at.file("wrong.csv", text);
    const { code, error } = await at.records("import", kind, "--csv", csv, "--write");
    expect(code).toBe(1);
    return error.replaceAll(csv, "wrong.csv");
  };
  expect(await refused("projects", "id,name,tenant\np1,One,acme\np 2,Two,acmee\n")).toBe(
    "wrong.csv:3: id: `p 2` is no id: letters, digits, _ and -\n" +
      "wrong.csv:3: tenant: there is no tenant `acmee`: did you mean `acme`?\n" +
      "2 mistakes; nothing is imported\n",
  );
  const prices = await refused(
    "prices",
    "id,validFrom,item,of,cny,source\ny26,2026-01-01,hour,chem/r9,1,x\ny26,2026-13-01,kWh,,-1,x\n" +
      "y27,2027-01-01,kWh,,1,x\ny27,2027-01-02,kWh,,2,x\ny27,2027-01-01,m3,chem,2,x\n",
  );
  expect(prices).toMatch(/:2: of: there is no equipment `chem\/r9`/);
  expect(prices).toContain(":3: cny: `-1` is no number of at least 0\n");
  expect(prices).toContain(":5: validFrom: list `y27` says `2027-01-01` further up\n");
  expect(prices).toContain(":5: item: the price is there further up\n");
  expect(prices).toContain(":6: of: water has one price: leave the cell empty\n");
  await using records = await at.rig.records();
  expect([records.projects(), records.priceLists()]).toEqual([[], []]);

  // What only ingest knows: the second booking of the file collides with the first.
  const line = "chem,r101,2026-03-01T08:00:00+08:00,2026-03-01T12:00:00+08:00,acme,confirmed";
  const collides = await refused(
    "bookings",
    `line,equipment,from,to,tenant,state\n${line}\n\n${line.replace("T08", "T10").replace("T12", "T14")}\n`,
  );
  expect(collides).toMatch(/^wrong\.csv:4: from: .*\none mistake; nothing is imported\n$/);
  expect(records.bookingCount()).toBe(0);
});

test("a table as Excel in China saves it is read; without ingest the command says what to do", async () => {
  await using at = await desk();
  // "id;name;relation" with 中试 in GB 18030, as Excel writes where the list separator is a semicolon.
  const gbk = Buffer.concat([
    Buffer.from("id;name;relation\nzs;"),
    Buffer.from([0xd6, 0xd0, 0xca, 0xd4]),
    Buffer.from(";external\n"),
  ]);
  const csv = await at.file("gbk.csv", gbk);
  expect((await at.records("import", "tenants", "--csv", csv, "--write")).code).toBe(0);
  await using records = await at.rig.records();
  expect(records.tenant("zs")?.name).toBe("中试");
  await at.rig.ingest.stop();
  const alone = await at.records("import", "tenants", "--csv", csv, "--broker", "mqtt://127.0.0.1:1");
  expect(alone.code).toBe(3);
  expect(alone.error).toContain("start it, and try again");
  await expect(at.records("import", "cars", "--csv", csv)).rejects.toThrow(/none of tenants/);
});

test("as an operator runs it", async () => {
  await using at = await desk();
  const csv = await at.file("tenants.csv", tables.tenants);
  const run = (...args: string[]) =>
    promisify(execFile)(process.execPath, ["pilotline.ts", "records", ...args, ...at.at], { cwd: root });
  expect((await run("import", "tenants", "--csv", csv, "--write")).stdout).toBe("2 tenants added\n");
  const out = join(at.folder, "out.csv");
  await run("export", "tenants", "--csv", out);
  expect(await readFile(out, "utf8")).toContain("lab,Lab,own,,,yes");
});
