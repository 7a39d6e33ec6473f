import { expect, test } from "vitest";
import { instant } from "../../shared/model/time.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { mosquittoMissing, startMosquitto } from "../wire/brokers.ts";
import { eventually } from "./eventually.ts";
import { startRig } from "./rig.ts";
import { good, tag } from "./samples.ts";
import { watch } from "./watcher.ts";

const reason = mosquittoMissing ? ` (skipped: ${mosquittoMissing})` : "";

test.skipIf(mosquittoMissing !== undefined)(`Mosquitto in place of the embedded broker${reason}`, async () => {
  await using folder = await temporaryFolder();
  await using mosquitto = await startMosquitto();
  const access = {
    url: `mqtt://127.0.0.1:${mosquitto.port}`,
    credential: async (username: string) => ({ username, password: "not asked" }),
  };
  await using rig = await startRig(folder.path, { broker: access });
  await using watcher = await watch(rig);
  await using node = await rig.node();
  node.birth();
  await eventually(() => node.acks > 0, "answer to the birth");
  const now = Date.now();
  node.data("plc", 1, [good("chem/r101/temp", now, 85)]);
  await node.ackOf(1);
  await eventually(() => watcher.events.length > 0, "alarm");
  expect(await watcher.acknowledge("c-1", "demo/chem/hot")).toMatchObject({ outcome: "done" });
  // Alarms go out at once, live values with the next round.
  await eventually(() => watcher.newest("live", "/chem/r101")?.values.temp?.at === now, "live value");
  expect(watcher.newest("live", "/chem/r101")?.values.temp).toMatchObject({ value: 85, quality: "good", at: now });
  await using reader = await rig.reader();
  expect(await reader.count(tag("chem/r101/temp"), instant(now), instant(now + 1))).toBe(1);
});
