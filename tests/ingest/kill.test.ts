import { randomUUID } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { credentialFile } from "../../ingest/broker/credentials.ts";
import { historyFile } from "../../ingest/core.ts";
import { systemClock } from "../../shared/kit/clock.ts";
import { silentLog } from "../../shared/kit/log.ts";
import { createSupervisor } from "../../shared/kit/supervisor.ts";
import { messageOf } from "../../shared/model/errors.ts";
import { instant } from "../../shared/model/time.ts";
import { openEmbeddedReader } from "../../shared/store/embedded/open.ts";
import { lockFolder } from "../../shared/store/sqlite/writerLock.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { killAndWait } from "../pipeline/chain.ts";
import { eventually } from "./eventually.ts";
import { plantYaml, testPlant } from "./plantFixture.ts";
import { good, tag } from "./samples.ts";
import { tagsOf } from "./tags.ts";
import { TestNode } from "./testNode.ts";

const temp = "chem/r101/temp";

function isLocked(folder: string): boolean {
  try {
    lockFolder(folder)[Symbol.dispose]();
    return false;
  } catch {
    return true;
  }
}
const batches = 300;
const perBatch = 10;
const script = fileURLToPath(new URL("../../ingest/main.ts", import.meta.url));

/** A gateway in small: sends again what is not acknowledged, and everything after a new birth. */
async function deliver(node: TestNode, start: number): Promise<void> {
  let next = 1;
  while (!node.hasAck(batches) || node.acked.length !== 1) {
    for (let n = next; n < next + 20 && n <= batches; n++) {
      const samples = Array.from({ length: perBatch }, (_, i) => good(temp, start + n * 100 + i, n * 1_000 + i));
      node.data("plc", n, samples, true);
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
        devices: { plc: tagsOf(plant, "plc") },
        queueId,
        bdSeq: bdSeq % 256,
      });
      node.birth();
      await deliver(node, start);
      break;
    } catch (error) {
      if (bdSeq > 100) throw new Error(`no way through: ${messageOf(error)}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  await killer;
  // The process that came up again has the place of the one writer.
  await eventually(() => isLocked(join(data, "ingest")), "the lock of the restarted ingest");
  await using reader = await openEmbeddedReader({ file: historyFile(data), clock: systemClock, log: silentLog });
  const { samples } = await reader.range(tag(temp), instant(0), instant(Date.now()), 100_000);
  expect(samples).toHaveLength(batches * perBatch);
  expect(samples.map(({ value }) => value)).toEqual(
    Array.from({ length: batches * perBatch }, (_, i) => (Math.floor(i / perBatch) + 1) * 1_000 + (i % perBatch)),
  );
}, 120_000);
