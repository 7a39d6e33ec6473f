import { expect, test } from "vitest";
import { datatypes } from "#shared/wire/sparkplug/types.ts";
import { instant, millis } from "../../shared/model/time.ts";
import { eventually } from "../ingest/eventually.ts";
import { bad, good, tag } from "../ingest/samples.ts";
import { watch } from "../ingest/watcher.ts";
import { hostClient, withHostScene } from "./hostScene.ts";

/** An alias that only fits 64 bits, as some send it. */
const alias = 2n ** 60n;

test("a node of another maker, without batches: what arrives is stored, what is lost is asked for again by a rebirth", () =>
  withHostScene(
    async ({ tap, rig }) => {
      await using watcher = await watch(rig);
      await using node = await rig.node();
      await using reader = await rig.reader();
      const stored = async (path: string) => {
        return (await reader.range(tag(path), instant(0), instant(Date.now() + 60_000), 100)).samples;
      };
      const own = "edge-1/node/Uptime";
      const speed = "edge-1/plc/Motor.Speed";
      const temp = "chem/r101/temp";
      const now = Date.now();
      const birth = (value: number, at: number) => {
        node.send("NBIRTH", undefined, [
          // By the standard's example; its text says Int64.
          { name: "bdSeq", datatype: datatypes.UInt64, value: 0, timestamp: at },
          { name: "Uptime", datatype: datatypes.UInt32, value: 4_000_000_000, timestamp: at },
        ]);
        node.send("DBIRTH", "plc", [
          { name: "Motor/Speed", alias, datatype: datatypes.Int16, value, timestamp: at },
          { name: temp, datatype: datatypes.Float, value: null, timestamp: at },
        ]);
      };
      // The standard is of two minds about the first number of a birth.
      for (let i = 0; i < 7; i++) node.loseMessage();
      birth(-1, now);
      // Two's complement of 16 bits, in the field of 32.
      node.send("DDATA", "plc", [{ alias, value: 0xffff_fffe, timestamp: now + 2 }]);
      // Kept while it had no connection: behind the newest value, which stays.
      node.send("DDATA", "plc", [
        { alias, value: 5, timestamp: now + 1, isHistorical: true },
        { name: temp, value: 20.5, timestamp: now + 3, isHistorical: true },
      ]);
      node.send("DDATA", "plc", [
        { name: temp, value: 0, timestamp: now + 4, properties: { Quality: { type: datatypes.Int32, value: 0 } } },
      ]);
      await eventually(async () => (await stored(temp)).length === 2, "samples");
      expect(await stored(own)).toEqual([good(own, now, 4_000_000_000)]);
      expect(await stored(speed)).toEqual([good(speed, now, -1), good(speed, now + 1, 5), good(speed, now + 2, -2)]);
      expect(await stored(temp)).toEqual([good(temp, now + 3, 20.5), bad(temp, now + 4, "UNKNOWN")]);
      await eventually(
        () => watcher.newest("live", "/chem/r101")?.values.temp?.quality === "bad",
        "live value as the node says it",
      );

      // Nothing is acknowledged, so nothing is sent twice: the specification promises no more than QoS 0.
      node.loseMessage();
      node.send("DDATA", "plc", [{ alias, value: 9, timestamp: now + 6 }]);
      await eventually(() => node.rebirthsAsked === 1, "rebirth request");
      birth(11, now + 7);
      await eventually(async () => (await stored(speed)).length === 5, "samples after the rebirth");
      expect((await stored(speed)).slice(3)).toEqual([good(speed, now + 6, 9), good(speed, now + 7, 11)]);
      const commands = tap.messages(hostClient).flatMap(({ decoded }) => decoded.metrics.map(({ name }) => name));
      expect(commands).toEqual(["Node Control/Rebirth"]);
    },
    { reorderTimeout: millis(500) },
  ));
