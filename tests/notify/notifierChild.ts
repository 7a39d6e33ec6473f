// A notifier in a process of its own, for tests that kill it. Arguments: folder of the records, address of the receiver.
// It ends by itself once nothing waits any more.
import { randomUUID } from "node:crypto";
import { systemClock } from "#shared/kit/clock.ts";
import { eventually } from "../ingest/eventually.ts";
import { killPlant } from "./killPlant.ts";
import { startNotifier } from "./notifierRig.ts";

const [folder = "", url = ""] = process.argv.slice(2);
await using rig = await startNotifier(folder, killPlant(url), systemClock, randomUUID);
await eventually(() => {
  const { seq, notices, messages } = rig.records.notificationState();
  return seq === rig.records.alarmSeq() && notices.length === 0 && messages.length === 0;
}, "end of all deliveries");
