// One life of an outbox: accept, send, be acknowledged, delete. Dies as by kill -9 before its disk operation number `killAt`.
// Says `accepted <n>` once a batch is durable, and `acknowledged <n>` before it tells the outbox so.
import { writeSync } from "node:fs";
import type { Disk, DiskFile } from "../../../gateway/outbox/disk.ts";
import { realDisk } from "../../../gateway/outbox/disk.ts";
import { openBox, samplesOf } from "../../gateway/outboxRig.ts";

const [folder = "", queueId = "", killAt = "0"] = process.argv.slice(2);
const batches = 12;
let operations = 0;

const step = () => {
  operations += 1;
  if (operations === Number(killAt)) process.kill(process.pid, "SIGKILL");
};

const mortal =
  <Args extends unknown[], Answer>(call: (...args: Args) => Answer) =>
  (...args: Args): Answer => {
    step();
    return call(...args);
  };

const mortalFile = (file: DiskFile): DiskFile => ({
  write: mortal(file.write),
  read: file.read,
  truncate: mortal(file.truncate),
  sync: mortal(file.sync),
  close: mortal(file.close),
});

const mortalDisk: Disk = {
  ...realDisk,
  open: mortal(async (path, how) => mortalFile(await realDisk.open(path, how))),
  rename: mortal(realDisk.rename),
  remove: mortal(realDisk.remove),
  makeFolder: mortal(realDisk.makeFolder),
  syncFolder: mortal(realDisk.syncFolder),
};

const say = (line: string) => writeSync(1, `${line}\n`);

const { outbox, durable } = await openBox(folder, queueId, { disk: mortalDisk });
for (let n = 1; n <= batches; n++) {
  outbox.push("d", samplesOf(n));
  await durable();
  say(`accepted ${n}`);
  outbox.takeLive();
  // Every third one stays: what is acknowledged is never all of a segment for long.
  if (n % 3 === 0) continue;
  say(`acknowledged ${n}`);
  outbox.acknowledge(queueId, [[n, n]]);
}
await outbox[Symbol.asyncDispose]();
say(`operations ${operations}`);
