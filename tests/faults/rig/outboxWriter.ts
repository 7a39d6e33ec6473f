// An outbox that takes batches as fast as it can, until it is killed. Says `accepted <n>` once a batch is durable.
import { writeSync } from "node:fs";
import { openBox, samplesOf } from "../../gateway/outboxRig.ts";

const [folder = "", queueId = ""] = process.argv.slice(2);
const { outbox, durable } = await openBox(folder, queueId, { segmentBytes: 4_000 });
for (let n = 1; ; n++) {
  outbox.push("d", samplesOf(n));
  await durable();
  // What is sent from memory, since the disk takes nothing, is not accepted.
  if (!outbox.depth().isDurable) continue;
  writeSync(1, `accepted ${n}\n`);
  outbox.takeLive();
  // What is acknowledged goes, so that deletions are under way too.
  if (n % 40 === 0) outbox.acknowledge(queueId, [[1, n - 20]]);
}
