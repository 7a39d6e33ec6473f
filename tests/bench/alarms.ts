import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "#shared/kit/clock.ts";
import { silentLog } from "#shared/kit/log.ts";
import type { Sample } from "#shared/model/sample.ts";
import { instant } from "#shared/model/time.ts";
import { parsePlant } from "#shared/plant/load.ts";
import { plantAlarms, plantTags } from "#shared/plant/select.ts";
import { openRecordsWriter } from "#shared/store/records/sqlite.ts";
import { createAlarmEngine } from "../../ingest/alarms/engine.ts";
import { memoryReader } from "../ingest/memoryReader.ts";
import { type Benchmark, cpuMs, figure } from "./figure.ts";

const tags = 5_000;
const rounds = 20;

/** Rules by kind, in turn over the tags; none of them is raised, so that evaluation alone is measured. */
const rules: readonly ((tag: string, next: string) => string)[] = [
  () => "kind: high, limit: 1000, onDelayMs: 2000",
  () => "kind: lowLow, limit: -1000",
  () => "kind: stale, afterMs: 60000",
  () => "kind: rate, limit: 1000, windowMs: 30000",
  (_tag, next) => `kind: deviation, setPointTag: ${next}, limit: 1000`,
  (tag, next) => `kind: calculated, when: "[${tag}] > 1000 and lasting([${next}] < 0) > 30"`,
  () => "kind: flatLine, forMs: 60000",
  () => "kind: badQuality",
];

function plantText(): string {
  const names = Array.from({ length: tags }, (_, i) => `e/t${i}`);
  const tagLines = names.map(
    (name) => `          - { id: ${name.slice(2)}, name: { zh: a }, device: plc, address: { node: "s=${name}" } }`,
  );
  const ruleLines = names.map((name, i) => {
    const own = rules[i % rules.length] as (typeof rules)[number];
    const next = names[(i + 1) % tags] as string;
    return `      - { id: a${i}, name: { zh: a }, tag: ${name}, ${own(name, next)} }`;
  });
  return [
    "platform: { id: bench, name: { zh: a } }",
    "gateways: [{ id: g }]",
    'devices: [{ id: plc, gateway: g, protocol: opcua, connection: { endpoint: "opc.tcp://a:4840", security: none } }]',
    "lines:",
    "  - id: l",
    "    name: { zh: a }",
    "    equipment:",
    "      - id: e",
    "        name: { zh: a }",
    "        kind: a",
    "        tags:",
    ...tagLines,
    "    alarms:",
    ...ruleLines,
  ].join("\n");
}

export const alarms: Benchmark = {
  summary: "alarm rules of every kind over 5,000 tags: CPU per sample, and per second at 1 Hz with the timers",
  run: async (say) => {
    const { plant, problems } = parsePlant(plantText(), "bench.yaml", {});
    if (!plant) throw new Error(problems.map(({ what }) => what).join("; "));
    const folder = await mkdtemp(join(tmpdir(), "pilotline-bench-"));
    try {
      await using records = await openRecordsWriter(join(folder, "records.db"));
      const engine = await createAlarmEngine({
        plant,
        alarms: plantAlarms(plant),
        records,
        reader: memoryReader(),
        clock: systemClock,
        log: silentLog,
        sink: { events: () => {}, active: () => {} },
      });
      const ids = plantTags(plant).map(({ id }) => id);
      const start = systemClock.now() - rounds * 1_000;
      let [samplesMs, ticksMs] = [0, 0];
      for (let round = 0; round < rounds; round++) {
        const samples = ids.map((tag, i): Sample => {
          return { tag, at: instant(start + round * 1_000), quality: "good", value: Math.sin(i + round) };
        });
        const used = process.cpuUsage();
        engine.evaluate(samples);
        samplesMs += cpuMs(used);
        const ticking = process.cpuUsage();
        for (let i = 0; i < 10; i++) engine.tick();
        ticksMs += cpuMs(ticking);
      }
      const perSample = (samplesMs * 1_000) / (rounds * tags);
      say(`${tags} tags and as many rules: ${perSample.toFixed(2)} µs of CPU per sample`);
      return [
        figure("evaluation, CPU per sample", perSample, "µs"),
        figure("evaluation at 1 Hz, CPU per second", samplesMs / rounds, "ms"),
        figure("timers, CPU per second", ticksMs / rounds, "ms"),
      ];
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};
