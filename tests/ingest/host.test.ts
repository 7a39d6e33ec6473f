import { describe, expect, test } from "vitest";
import type { Sample } from "../../shared/model/sample.ts";
import { instant } from "../../shared/model/time.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { eventually } from "./eventually.ts";
import { startRig } from "./rig.ts";
import { good, tag } from "./samples.ts";

describe("the host", () => {
  test("stores a batch, acknowledges it, and stores a redelivery only once", async () => {
    await using folder = await temporaryFolder();
    await using rig = await startRig(folder.path);
    await using node = await rig.node();
    node.birth();
    await eventually(() => node.acks > 0, "answer to the birth");
    expect(node.acked).toEqual([]);
    const now = Date.now();
    node.data("plc", 1, [good("chem/r101/temp", now, 21.5), good("chem/r101/mode", now, 1)]);
    await node.ackOf(1);
    const acksBefore = node.acks;
    node.data("plc", 1, [good("chem/r101/temp", now, 21.5)], true);
    await eventually(() => node.acks > acksBefore, "second acknowledgement");
    await using reader = await rig.reader();
    const { samples } = await reader.range(tag("chem/r101/temp"), instant(now), instant(now + 1), 10);
    expect(samples).toEqual<Sample[]>([good("chem/r101/temp", now, 21.5)]);
    expect(rig.ingest.metrics.render()).toMatch(/ingest_batches_duplicate_total 1/);
  });
});
