// A month of the demo's plant, made in memory from its simulators, assessed and sealed: for pictures of what comes of it.
import { join } from "node:path";
import { createRegistrar } from "../../ingest/assessment/registrar.ts";
import { declaredHandlers } from "../../ingest/declared/handlers.ts";
import { bookingHandlers } from "../../ingest/tenancy/bookingHandlers.ts";
import { registerHandlers } from "../../ingest/tenancy/registerHandlers.ts";
import { signingKey } from "../../shared/kit/hashChain.ts";
import { silentLog } from "../../shared/kit/log.ts";
import { calendar } from "../../shared/model/calendar.ts";
import { type Sample, tagId } from "../../shared/model/sample.ts";
import { hours, instant, millis, minutes } from "../../shared/model/time.ts";
import { parsePlant } from "../../shared/plant/load.ts";
import type { Plant } from "../../shared/plant/plant.ts";
import { knownNames } from "../../shared/plant/recordChecks.ts";
import { readRecords } from "../../shared/plant/recordTables.ts";
import { openEmbeddedReader, openEmbeddedWriter } from "../../shared/store/embedded/open.ts";
import type { RecordsWriter } from "../../shared/store/records/port.ts";
import { openRecordsWriter } from "../../shared/store/records/sqlite.ts";
import { importRecords } from "../../shared/wire/command/recordImport.ts";
import type { Command } from "../../shared/wire/command/registry.ts";
import { demoPlantFile, demoPlatform } from "../../simulators/plantFile/demo.ts";
import { demoRecords } from "../../simulators/plantFile/records.ts";
import type { RunningPlant } from "../../simulators/plants/plant.ts";
import { plantNames, startPlants } from "../../simulators/plants/registry.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { freshFigures } from "./bench.ts";

const month = calendar(demoPlatform.timeZone).period("2026-10");
/** A reading of each tag so often. */
const pollMs = minutes(5);
const weekMs = hours(24 * 7);
/** What figures rest on. */
const wanted = new Set(["state", "energy", "power", "safety"]);

/** The demo's plant, polled slowly. */
function plantOf(text: string): Plant {
  const { plant, problems } = parsePlant(text, "plant.yaml", {});
  if (!plant) throw new Error(JSON.stringify(problems));
  const slowly = <Tag extends object>(tag: Tag): Tag => ({ ...tag, gapAfterMs: 3 * pollMs });
  const lines = plant.lines.map((line) => ({
    ...line,
    equipment: line.equipment.map((one) => ({ ...one, tags: one.tags.map(slowly) })),
  }));
  return { ...plant, lines };
}

interface WeekSample {
  /** At a time of the week. */
  readonly sample: Sample;
  /** What the register gains in a week; null for what is none. */
  readonly gain: number | null;
}

/** A week of the lines; the month repeats it, its registers counting on. */
function simulatedWeek(running: readonly RunningPlant[]): readonly WeekSample[] {
  const samples: Sample[] = [];
  const counted = new Map<string, { first: number; last: number }>();
  for (let at = 0; at < weekMs; at += pollMs) {
    for (const line of running) {
      const readings = line.readings();
      for (const [i, { meaning, line: id, equipment, id: name, unit, range }] of line.signals.entries()) {
        const reading = readings[i];
        if (!reading || reading.value === null || !(wanted.has(meaning) || unit === "m3")) continue;
        const tag = tagId({ platform: demoPlatform.id, line: id, equipment, tag: name });
        samples.push({ tag, at: instant(at), ...reading });
        if (range !== undefined || typeof reading.value !== "number" || (unit !== "kW.h" && unit !== "m3")) continue;
        const was = counted.get(tag);
        counted.set(tag, { first: was?.first ?? reading.value, last: reading.value });
      }
      line.pass(pollMs / 1_000);
    }
  }
  return samples.map((sample) => {
    const register = counted.get(sample.tag);
    return { sample, gain: register ? register.last - register.first : null };
  });
}

export interface SealedMonth {
  readonly period: string;
  readonly pack: Uint8Array;
}

/** October 2026 of the three lines: records as in the demo, declared items verified by a second person, sealed. */
export async function sealedMonth(say: (line: string) => void): Promise<SealedMonth> {
  await using folder = await temporaryFolder();
  const state = { now: Number(month.to) };
  const clock = { now: () => instant(state.now), monotonic: () => millis(0), sleep: async () => {} };
  const running = startPlants(plantNames, 1);
  const plant = plantOf(demoPlantFile(running));
  const file = join(folder.path, "history.db");
  await using writer = await openEmbeddedWriter({ file, clock, log: silentLog });
  await using reader = await openEmbeddedReader({ file, clock, log: silentLog });
  await using records = await openRecordsWriter(join(folder.path, "records.db"));
  say("Simulating a week …");
  const week = simulatedWeek(running);
  for (let first = Number(month.from), n = 0; first < month.to; first += weekMs, n++) {
    const samples = week.flatMap(({ sample, gain }): Sample[] => {
      const at = instant(first + sample.at);
      if (at >= month.to) return [];
      const value = typeof sample.value === "number" && gain !== null ? sample.value + n * gain : sample.value;
      return [{ ...sample, at, value } as Sample];
    });
    await writer.write([{ name: null, samples }]);
  }
  await bringRecords(plant, records, state, running);
  state.now = month.to + hours(72);
  const registrar = createRegistrar({
    plant,
    records,
    figures: freshFigures(reader, records, clock, plant),
    scoring: null,
    key: signingKey(Buffer.alloc(32, 7)),
    clock,
    log: silentLog,
    onOfficial: () => {},
  });
  say("Sealing …");
  await registrar.seal(month.name, "zhao.min", []);
  return { period: month.name, pack: records.assessmentPack(month.name, 1) ?? new Uint8Array() };
}

async function bringRecords(
  plant: Plant,
  records: RecordsWriter,
  state: { now: number },
  running: ReturnType<typeof startPlants>,
): Promise<void> {
  const clock = { now: () => instant(state.now), monotonic: () => millis(0), sleep: async () => {} };
  const parts = { plant, records, clock };
  const handlers = { ...bookingHandlers(parts), ...registerHandlers(parts), ...declaredHandlers(parts) };
  let count = 0;
  const ask = async (act: object, user = "li.wei") => {
    count += 1;
    const command = { v: 1, id: `c${count}`, at: state.now, requester: "dashboard", user, ...act } as Command;
    const handle = handlers[command.kind as keyof typeof handlers] as (command: Command) => never;
    return handle(command);
  };
  const middle = instant(month.from + hours(24 * 14));
  const facts = running.map((line) => line.facts);
  for (const { kind, csv } of demoRecords(facts, middle, demoPlatform.timeZone)) {
    if (kind === "declared") continue;
    await importRecords(readRecords(kind, csv, knownNames(plant, records, clock.now())), false, ask);
  }
  const evidence = { fileName: "合同汇总.pdf", sha256: "5d".repeat(32), bytes: 48_213 };
  for (const [item, value] of [
    ["P-01", 2],
    ["P-02", 86_000],
    ["P-03", 0.94],
  ] as const) {
    const declaration = { item, period: month.name, equipment: null, value, evidence, note: null };
    await ask({ kind: "declare", declaration });
  }
  for (const { id } of records.declaredItems()) {
    await ask({ kind: "submitDeclared", declared: id, revision: 1, why: null });
    await ask({ kind: "verifyDeclared", declared: id, revision: 2, why: null }, "wang.fang");
  }
}
