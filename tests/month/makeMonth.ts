// `node tests/month/makeMonth.ts --out <folder> [--days 35] [--seed 1]`: a data folder with the three lines' last month.
import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createLog, logLevel } from "#shared/kit/log.ts";
import { calendar } from "#shared/model/calendar.ts";
import { hours, instant, minutes, seconds } from "#shared/model/time.ts";
import { parsePlant } from "#shared/plant/load.ts";
import { seeded } from "../../simulators/physics/random.ts";
import { atPace } from "../../simulators/plants/pace.ts";
import { plantNames, startPlants } from "../../simulators/plants/registry.ts";
import { serve } from "../../simulators/serve.ts";
import { HandClock, Wall } from "../fakes/handClock.ts";
import { createField } from "./field.ts";
import { hasty, publishHastily } from "./hasty.ts";
import { monthPlantFile, plantSpeed } from "./monthPlant.ts";
import { openOperator } from "./operator.ts";
import { bookWeek, declareMonth, enterRuns, lookAfterAlarms, openHouse, sealMonth } from "./people.ts";
import { startRig } from "./rig.ts";

const { values } = parseArgs({
  options: {
    out: { type: "string" },
    days: { type: "string", default: "35" },
    seed: { type: "string", default: "1" },
    log: { type: "string", default: "error" },
  },
});
if (values.out === undefined) throw new Error("Where to? --out <folder>");
const log = createLog("month", logLevel(values.log));
const [out, length, seed] = [values.out, Number(values.days), Number(values.seed)];
const data = join(out, "data");
const say = (line: string) => process.stdout.write(`${line}\n`);
const began = performance.now();

const step = minutes(1);
const hop = minutes(10);
const end = Math.floor(Date.now() / hop) * hop;
const start = instant(end - hours(24) * length);

const lines = startPlants(plantNames, seed).map((plant) => atPace(plant, plantSpeed));
const text = monthPlantFile(lines);
await mkdir(data, { recursive: true });
await writeFile(join(out, "plant.yaml"), text);
await writeFile(
  join(out, "simulators.json"),
  JSON.stringify(["all", "--seed", `${seed}`, "--speed", `${plantSpeed}`, "--since", new Date(start).toISOString()]),
);

const wall = new Wall(start);
const signals = lines.flatMap((line) => line.signals);
const address = { host: "127.0.0.1", opcuaPort: 0, modbusPort: 0, pkiFolder: undefined };
await using faces = await serve(address, { opcua: signals, modbus: signals }, { clock: new HandClock(wall), log });
const { plant, problems } = parsePlant(text, "plant.yaml", {
  PILOTLINE_SIM_OPCUA_PORT: new URL(faces.addresses.opcua.replace("opc.tcp:", "http:")).port,
  PILOTLINE_SIM_MODBUS_PORT: String(faces.modbus.port),
});
if (!plant) throw new Error(JSON.stringify(problems));
publishHastily();
const field = createField({ plants: lines, faces, start, step, heartbeat: minutes(10) });
await using rig = await startRig({ plant: hasty(plant), data, wall, faces, log });
await using operator = await openOperator(rig, data, plant.platform.id);
await rig.read();

const random = seeded(seed + 1_000);
const days = calendar(plant.platform.timeZone);
const dayOf = (at: number) => days.periodAt("day", instant(at)).name;
const monthOf = (at: number) => days.periodAt("month", instant(at)).name;
const evidence = async (item: string) => {
  const bytes = Buffer.from(`${item}: scan of the document\n`);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  await mkdir(join(data, "evidence"), { recursive: true });
  await writeFile(join(data, "evidence", sha256), bytes);
  return { fileName: `${item}.txt`, sha256, bytes: bytes.length };
};

await openHouse(operator, dayOf(start));
await bookWeek(operator, plant, start, random);
let booked = start + hours(24) * 7;
let sealed = "";
for (let at = start + hop; at <= end; at += hop) {
  wall.at = instant(at);
  field.runTo(wall.at);
  await rig.read();
  if (at % hours(1) === 0) await lookAfterAlarms(operator, wall.at, random);
  if (at % hours(6) === 0) await rig.stored();
  if (at % hours(12) === 0) await enterRuns(operator, wall.at, random);
  await rig.rest(seconds(1));
  if (at % hours(24) !== 0) continue;
  if (at + hours(24) * 3 >= booked) {
    await bookWeek(operator, plant, instant(booked), random);
    booked += hours(24) * 7;
  }
  // A month closes after 72 hours; the day after, it is sealed.
  const [before, since] = [
    monthOf(days.periodAt("month", instant(at)).from - 1),
    days.periodAt("month", instant(at)).from,
  ];
  if (before >= monthOf(start) && before !== sealed && at - since > hours(96)) {
    await declareMonth(operator, before, evidence);
    await sealMonth(operator, before);
    sealed = before;
  }
  say(`${new Date(at).toISOString()} after ${Math.round((performance.now() - began) / 1_000)} s`);
}
await declareMonth(operator, monthOf(end), evidence);
await rig.stored();
// Days and assessments that wait for their turn have it.
for (let turns = 0; turns < 60; turns++) await rig.beat.during(rig.rest(seconds(20)));
