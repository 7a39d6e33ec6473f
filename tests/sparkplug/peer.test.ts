import { describe, expect, test } from "vitest";
import { instant, seconds } from "#shared/model/time.ts";
import { hostIdOf } from "#shared/wire/topics.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { edge, group, runNode, sample } from "../gateway/nodeBench.ts";
import { missing, type Peer, startPeer } from "../gateway/pythonPeer.ts";
import { eventually } from "../ingest/eventually.ts";
import { startRig } from "../ingest/rig.ts";
import { good, tag } from "../ingest/samples.ts";
import { watch } from "../ingest/watcher.ts";
import { startWireTap } from "./wireTap.ts";

const why = missing("pysparkplug");
/** An interpreter starts and imports protobuf. */
const slow = 30_000;

const ask = async (peer: Peer, ...verb: readonly unknown[]): Promise<unknown> =>
  JSON.parse(await peer.answerTo(JSON.stringify(verb)));

interface Heard {
  readonly type: string;
  readonly device: string | null;
  readonly seq: number | null;
  readonly metrics: Readonly<Record<string, unknown>>;
  readonly types: Readonly<Record<string, string>>;
  readonly historical: boolean;
}

describe.skipIf(why !== undefined)(`pysparkplug${why ? ` (skipped: ${why})` : ""}`, () => {
  test("as an edge node: births and data are stored, a gap makes a rebirth, its end makes values stale", async () => {
    await using folder = await temporaryFolder();
    await using rig = await startRig(folder.path);
    await using watcher = await watch(rig);
    const { username, password } = await rig.broker.credential("gateway-edge-1");
    const port = Number(new URL(rig.broker.url).port);
    await using peer = await startPeer("sparkplugPeer.py", port, ["node", username, password, "demo", "edge-1"]);
    await using reader = await rig.reader();
    const stored = async (path: string) => {
      const range = [instant(0), instant(Date.now() + 60_000)] as const;
      return (await reader.range(tag(path), ...range, 1_000)).samples;
    };
    const live = () => watcher.newest("live", "/chem/r101")?.values.temp;
    await eventually(async () => (await stored("edge-1/plc/Motor.Text")).length > 0, "birth", slow);
    expect(await stored("edge-1/plc/Motor.Text")).toMatchObject([{ quality: "good", value: "电机" }]);
    expect(await stored("edge-1/plc/Motor.Speed")).toMatchObject([{ quality: "good", value: -5 }]);

    const first = Number(await ask(peer, "data", "chem/r101/temp", 21.5));
    await eventually(() => live()?.value === 21.5, "live value");
    await eventually(async () => (await stored("chem/r101/temp")).at(-1)?.at === first, "stored sample");
    expect((await stored("chem/r101/temp")).at(-1)).toEqual(good("chem/r101/temp", first, 21.5));

    await ask(peer, "lose");
    const second = Number(await ask(peer, "data", "Motor/Speed", -2_000_000));
    await eventually(async () => (await stored("edge-1/plc/Motor.Speed")).length >= 2, "data beyond the gap");
    expect((await stored("edge-1/plc/Motor.Speed")).at(-1)).toMatchObject({ at: second, value: -2_000_000 });
    await eventually(async () => (await ask(peer, "rebirths")) === 1, "rebirth", slow);
    await ask(peer, "data", "chem/r101/temp", 22.5);
    await eventually(() => live()?.value === 22.5, "live value after the rebirth");
    // Its numbers are whole again: nothing else is asked for.
    expect(await ask(peer, "rebirths")).toBe(1);

    await peer[Symbol.asyncDispose]();
    await eventually(() => live()?.reason === "STALE", "stale value");
  }, 90_000);

  test("as a host: reads births and data of a gateway, asks for a rebirth, acknowledges", async () => {
    await using folder = await temporaryFolder();
    await using tap = await startWireTap();
    const port = Number(new URL(tap.url).port);
    const login = ["host", "any", "any", group, edge, hostIdOf(group)];
    await using peer = await startPeer("sparkplugPeer.py", port, login);
    await using running = await runNode(folder.path, tap.url, "q1");
    const heard = async (type: string) => ((await ask(peer, "heard")) as Heard[]).filter((one) => one.type === type);
    const until = (type: string, count: number) =>
      eventually(async () => (await heard(type)).length >= count, `${count} ${type}`, slow);
    running.box.outbox.push("a", [sample("a", 1_000, 1.5), sample("a", 2_000, 2.5, "y")]);
    await running.box.durable();
    expect(await heard("NBIRTH"), "nothing before the host says that it is online").toEqual([]);

    await ask(peer, "online", true);
    await until("DDATA", 1);
    const [nbirth] = await heard("NBIRTH");
    expect(nbirth).toMatchObject({ seq: 0, metrics: { bdSeq: 0, "Node Control/Rebirth": false } });
    const births = await heard("DBIRTH");
    expect(births.map(({ device, types }) => [device, types])).toEqual(
      ["a", "b"].map((id) => [id, { [`l/${id}/x`]: "DOUBLE", [`l/${id}/y`]: "DOUBLE", "Transport/Batch": "STRING" }]),
    );
    // The library takes name and datatype from the birth.
    expect((await heard("DDATA"))[0]).toMatchObject({
      device: "a",
      metrics: { "l/a/x": 1.5, "l/a/y": 2.5, "Transport/Batch": "q1:1" },
    });

    await ask(peer, "acknowledge", "q1;1-1");
    await expect.poll(() => running.box.outbox.depth().batches).toBe(0);
    await ask(peer, "rebirth");
    await until("DBIRTH", 4);
    expect((await heard("NBIRTH")).map(({ seq, metrics }) => [seq, metrics.bdSeq])).toEqual([
      [0, 0],
      [0, 0],
    ]);
  }, 90_000);

  test("as a primary host that never acknowledges: what is sent leaves the outbox, what is doubtful comes again", async () => {
    await using folder = await temporaryFolder();
    await using tap = await startWireTap();
    const port = Number(new URL(tap.url).port);
    const id = "scada-host";
    await using peer = await startPeer("sparkplugPeer.py", port, ["host", "any", "any", group, edge, id]);
    const heldFor = seconds(1);
    const host = { id, delivery: "plain", heldFor } as const;
    await using running = await runNode(folder.path, tap.url, "q1", { host });
    const { outbox } = running.box;
    const heard = async (type: string) => ((await ask(peer, "heard")) as Heard[]).filter((one) => one.type === type);
    const values = async () => (await heard("DDATA")).map(({ metrics, historical }) => [metrics["l/a/x"], historical]);
    // More than the window of a host that acknowledges.
    for (let i = 1; i <= 60; i++) outbox.push("a", [sample("a", i, i)]);
    await running.box.durable();
    expect(await heard("NBIRTH"), "nothing before the host says that it is online").toEqual([]);

    await ask(peer, "online", true);
    await eventually(async () => (await values()).length >= 60, "data", slow);
    expect((await values()).map(([value]) => value)).toEqual(Array.from({ length: 60 }, (_, i) => i + 1));
    const [nbirth] = await heard("NBIRTH");
    expect(Object.keys(nbirth?.metrics ?? {})).toContain("Node Control/Rebirth");
    expect(Object.keys(nbirth?.metrics ?? {}).filter((name) => /Batch Ack|Replay/.test(name))).toEqual([]);
    await expect.poll(() => outbox.depth().batches, { timeout: 10_000 }).toBe(0);

    // An acknowledgement of whomever settles nothing here.
    outbox.push("a", [sample("a", 61, 61)]);
    await eventually(async () => (await values()).length === 61, "data");
    await ask(peer, "acknowledge", "q1;1-61");
    await ask(peer, "rebirth");
    await eventually(async () => (await heard("NBIRTH")).length === 2, "rebirth");
    expect(outbox.depth().batches).toBe(1);
    tap.cut(`${group}-${edge}`);
    await eventually(async () => (await values()).length === 62, "the doubtful one, again", slow);
    expect((await values()).slice(60)).toEqual([
      [61, false],
      [61, true],
    ]);
    await expect.poll(() => outbox.depth().batches, { timeout: 10_000 }).toBe(0);
  }, 90_000);
});
