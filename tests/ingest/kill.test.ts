import { randomUUID } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { createAccepting } from "../../gateway/accepted.ts";
import { credentialFile } from "../../ingest/broker/credentials.ts";
import { historyFile, recordsFile } from "../../ingest/core.ts";
import { reconcile } from "../../ingest/reconcile/reconcile.ts";
import { systemClock } from "../../shared/kit/clock.ts";
import { silentLog } from "../../shared/kit/log.ts";
import { createSupervisor } from "../../shared/kit/supervisor.ts";
import { messageOf } from "../../shared/model/errors.ts";
import type { Sample } from "../../shared/model/sample.ts";
import { instant } from "../../shared/model/time.ts";
import { openEmbeddedReader } from "../../shared/store/embedded/open.ts";
import { lockIngestFolder } from "../../shared/store/maintenance/files.ts";
import { openRecordsReader } from "../../shared/store/records/sqlite.ts";
import { acceptedInfo, hourOf } from "../../shared/wire/accepted.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { killAndWait } from "../pipeline/chain.ts";
import { eventually } from "./eventually.ts";
import { plantYaml, testPlant } from "./plantFixture.ts";
import { good, tag } from "./samples.ts";
import { tagsOf } from "./tags.ts";
import { TestNode } from "./testNode.ts";

const temp = "chem/r101/temp";

function isLocked(data: string): boolean {
  try {
    lockIngestFolder(data)[Symbol.dispose]();
    return false;
  } catch {
    return true;
  }
}
const batches = 300;
const perBatch = 10;
const script = fileURLToPath(new URL("../../ingest/main.ts", import.meta.url));

/** What the gateway accepted, each batch with its count. */
function acceptedBatches(start: number): readonly (readonly Sample[])[] {
  const accepting = createAccepting("demo");
  return Array.from({ length: batches }, (_, b) => {
    const samples = Array.from({ length: perBatch }, (_, i) =>
      good(temp, start + (b + 1) * 100 + i, (b + 1) * 1_000 + i),
    );
    return accepting.accept("plc", samples);
  });
}

/** A gateway in small: sends again what is not acknowledged, and everything after a new birth. */
async function deliver(node: TestNode, outbox: readonly (readonly Sample[])[]): Promise<void> {
  let next = 1;
  while (!node.hasAck(batches) || node.acked.length !== 1) {
    for (let n = next; n < next + 20 && n <= batches; n++) {
      node.data("plc", n, outbox[n - 1] ?? [], true);
    }
    const wanted = next;
    await eventually(() => node.hasAck(Math.min(wanted + 19, batches)), `acknowledgements from ${wanted}`, 2_000);
    next = Math.min(next + 20, batches);
    if (next === batches && !node.hasAck(batches)) next = 1;
  }
}

test("kill -9 of ingest, with its broker, again and again: every sample is stored, none twice", async () => {
  await using folder = await temporaryFolder();
  const data = join(folder.path, "data");
  const plantFile = join(folder.path, "plant.yaml");
  await writeFile(plantFile, plantYaml);
  await using supervisor = createSupervisor(systemClock, () => 0, silentLog);
  const ingest = await supervisor.start({
    name: "ingest",
    script,
    args: ["--plant", plantFile, "--data", data, "--listen", "127.0.0.1:0", "--log", "error"],
  });
  const login = JSON.parse(await readFile(credentialFile(data, "gateway-edge-1"), "utf8"));
  const start = Date.now() - 3_600_000;
  const outbox = acceptedBatches(start);
  const killer = (async () => {
    for (let i = 0; i < 3; i++) {
      await new Promise((resolve) => setTimeout(resolve, 700));
      await killAndWait(ingest);
    }
  })();

  const plant = testPlant();
  const queueId = randomUUID();
  for (let bdSeq = 0; ; bdSeq++) {
    try {
      await using node = await TestNode.connect({
        broker: { url: String(ingest.details.broker), ...login },
        group: "demo",
        edge: "edge-1",
        devices: { plc: [...tagsOf(plant, "plc"), acceptedInfo("demo", "plc")] },
        queueId,
        bdSeq: bdSeq % 256,
      });
      node.birth();
      await deliver(node, outbox);
      break;
    } catch (error) {
      if (bdSeq > 100) throw new Error(`no way through: ${messageOf(error)}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  await killer;
  // The process that came up again has the place of the one writer.
  await eventually(() => isLocked(data), "the lock of the restarted ingest");
  await using reader = await openEmbeddedReader({ file: historyFile(data), clock: systemClock, log: silentLog });
  const { samples } = await reader.range(tag(temp), instant(0), instant(Date.now()), 100_000);
  expect(samples).toHaveLength(batches * perBatch);
  expect(samples.map(({ value }) => value)).toEqual(
    Array.from({ length: batches * perBatch }, (_, i) => (Math.floor(i / perBatch) + 1) * 1_000 + (i % perBatch)),
  );

  // The gateway's own count agrees, though ingest was killed between the batches that brought it.
  await using records = await openRecordsReader(recordsFile(data));
  const hours = { from: hourOf(instant(start)), to: instant(Date.now() + 3_600_000), wants: () => true };
  const counts = [];
  for await (const count of reconcile(records, reader, hours)) counts.push(count);
  expect(counts.filter(({ missing }) => Object.keys(missing).length > 0)).toEqual([]);
  expect(counts.reduce((sum, { accepted }) => sum + accepted, 0)).toBe(batches * perBatch);
}, 120_000);
