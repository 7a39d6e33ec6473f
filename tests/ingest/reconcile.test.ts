import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { createAccepting } from "../../gateway/accepted.ts";
import type { SampleStore } from "../../ingest/core.ts";
import { isComplete, reconcile } from "../../ingest/reconcile/reconcile.ts";
import { reconcileText } from "../../ingest/reconcile/report.ts";
import type { Gap, Sample } from "../../shared/model/sample.ts";
import { instant } from "../../shared/model/time.ts";
import type { SampleWriter } from "../../shared/store/port.ts";
import type { AcceptedRow, QueueRow } from "../../shared/store/records/acceptedCounts.ts";
import { acceptedInfo } from "../../shared/wire/accepted.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { eventually } from "./eventually.ts";
import { embeddedStore, startRig } from "./rig.ts";
import { good, tag } from "./samples.ts";
import { tagsOf } from "./tags.ts";

const temp = "chem/r101/temp";
const hour = 3_600_000;

describe("the explanation of an hour", () => {
  const rows = (...counts: [queueId: string, count: number][]): AcceptedRow[] =>
    counts.map(([queueId, count]) => ({ hour: instant(hour), tag: tag(temp), queueId, count }));
  const gap = (cause: Gap["cause"], lost: number | null, from = hour): Gap => ({
    tag: tag(temp),
    from: instant(from),
    to: instant(2 * hour - 1),
    cause,
    lost,
  });
  const missingOf = async (
    stored: number,
    accepted: AcceptedRow[],
    gaps: Gap[] = [],
    queues: QueueRow[] = [],
    thinned = false,
  ) => {
    const complete = ["q", "r"].map((queueId): QueueRow => ({ queueId, highest: 1, ranges: [[1, 1]] }));
    const records = {
      accepted: () => accepted,
      gaps: () => gaps,
      queues: () => (queues.length > 0 ? queues : complete),
    };
    const reader = {
      buckets: async () => new Map(),
      count: async () => stored,
      range: async () => ({ samples: [], more: false, thinned }),
    };
    const found = [];
    const query = { from: instant(0), to: instant(2 * hour), wants: () => true };
    for await (const count of reconcile(records, reader, query)) found.push(count.missing);
    return found;
  };

  test.each([
    ["nothing is missing", missingOf(5, rows(["q", 5])), {}],
    ["more than counted is no difference", missingOf(9, rows(["q", 5])), {}],
    ["a hole that nobody explains", missingOf(3, rows(["q", 5])), { unexplained: 2 }],
    ["silence explains nothing", missingOf(3, rows(["q", 5]), [gap("device_lost", null)]), { unexplained: 2 }],
    [
      "a counted loss explains so many",
      missingOf(1, rows(["q", 5]), [gap("outbox_full", 3)]),
      { lost: 3, unexplained: 1 },
    ],
    ["an uncounted loss explains any number", missingOf(1, rows(["q", 5]), [gap("outbox_damaged", 0)]), { lost: 4 }],
    [
      "refused samples",
      missingOf(3, rows(["q", 5]), [gap("rejected", 1), gap("rejected", 1, hour + 1)]),
      { rejected: 2 },
    ],
    [
      "one repeat for each start of the gateway",
      missingOf(8, rows(["q", 5], ["r", 5])),
      { repeated: 1, unexplained: 1 },
    ],
    ["what retention took", missingOf(0, rows(["q", 5]), [], [], true), { thinned: 5 }],
    [
      "a batch that has still to come",
      missingOf(
        3,
        rows(["q", 5]),
        [],
        [
          {
            queueId: "q",
            highest: 7,
            ranges: [
              [1, 5],
              [7, 7],
            ],
          },
        ],
      ),
      { queued: 2 },
    ],
  ])("%s", async (_, found, expected) => {
    expect(await found).toEqual([expected]);
  });

  test("a loss that reaches over hours explains its number once", async () => {
    const later = { hour: instant(2 * hour), tag: tag(temp), queueId: "q", count: 5 };
    expect(await missingOf(2, [...rows(["q", 5]), later], [gap("outbox_full", 4)])).toEqual([
      { lost: 3 },
      { lost: 1, unexplained: 2 },
    ]);
  });

  test("a queue is complete from its first batch to the highest that has come", () => {
    const of = (highest: number, ranges: QueueRow["ranges"]) => isComplete({ queueId: "q", highest, ranges });
    expect([of(3, [[1, 3]]), of(3, [[1, 2]]), of(3, [[2, 3]]), of(3, [])]).toEqual([true, false, false, false]);
  });
});

test("what a gateway counted is held against the real store: queued, then complete; a store that lost one is found out", async () => {
  await using folder = await temporaryFolder();
  const data = join(folder.path, "data");
  const isForgotten = ({ value }: Sample): boolean => value === 666;
  const forgetful = (writer: SampleWriter): SampleWriter => ({
    ...writer,
    write: (batches) =>
      writer.write(batches.map(({ name, samples }) => ({ name, samples: samples.filter((one) => !isForgotten(one)) }))),
    [Symbol.asyncDispose]: () => writer[Symbol.asyncDispose](),
  });
  const store: SampleStore = embeddedStore(data, forgetful);
  await using rig = await startRig(folder.path, { store });
  await using records = await rig.records();
  await using reader = await rig.reader();
  await using node = await rig.node({ devices: { plc: [...tagsOf(rig.plant, "plc"), acceptedInfo("demo", "plc")] } });
  const accepting = createAccepting("demo");
  const start = Math.floor(Date.now() / hour) * hour - 2 * hour;
  const batch = (n: number, value = n) =>
    accepting.accept(
      "plc",
      Array.from({ length: 10 }, (_, i) => good(temp, start + n * 1_000 + i, i === 0 ? value : i)),
    );
  const [first, second, third] = [batch(1), batch(2), batch(3)];
  const check = async () => {
    const counts = [];
    const query = { from: instant(start), to: instant(start + hour), wants: () => true };
    for await (const count of reconcile(records, reader, query)) counts.push(count);
    return counts.map(({ accepted, stored, missing }) => ({ accepted, stored, missing }));
  };

  node.birth();
  await eventually(() => node.acks > 0, "answer to the birth");
  node.data("plc", 1, first ?? []);
  node.data("plc", 3, third ?? []);
  await node.ackOf(3);
  expect(await check()).toEqual([{ accepted: 30, stored: 20, missing: { queued: 10 } }]);
  node.data("plc", 2, second ?? [], true);
  await node.ackOf(2);
  await rig.restart(store);
  expect(await check()).toEqual([{ accepted: 30, stored: 30, missing: {} }]);

  await using again = await rig.node({
    devices: { plc: [...tagsOf(rig.plant, "plc"), acceptedInfo("demo", "plc")] },
    queueId: "q1",
  });
  again.birth();
  await eventually(() => again.acks > 0, "answer to the birth");
  again.data("plc", 4, batch(4, 666));
  await again.ackOf(4);
  await eventually(async () => (await check())[0]?.missing.unexplained === 1, "difference");

  const script = fileURLToPath(new URL("../../ingest/reconcile/main.ts", import.meta.url));
  const run = promisify(execFile)(process.execPath, [script, "--data", data, "--from", "5h"]);
  await expect(run).rejects.toMatchObject({
    code: 1,
    stdout: expect.stringContaining("1 hours of tags: 40 samples accepted by gateways, 39 stored"),
  });
  await expect(run).rejects.toMatchObject({ stdout: expect.stringContaining("NOT every difference is explained") });
  const otherTag = await promisify(execFile)(process.execPath, [script, "--data", data, "--tag", "r102/mode"]);
  expect(otherTag.stdout).toBe(reconcileText([]));
});
