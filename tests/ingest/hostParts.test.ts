import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { windowLimits } from "../../gateway/edgeNode/window.ts";
import { Acks } from "../../ingest/host/acks.ts";
import { createCommitter } from "../../ingest/host/committer.ts";
import { Intake } from "../../ingest/host/intake.ts";
import { RebirthRequests } from "../../ingest/host/rebirths.ts";
import { SequenceTracker } from "../../ingest/host/sequence.ts";
import { silentLog } from "../../shared/kit/log.ts";
import { createMetrics } from "../../shared/kit/metrics.ts";
import { CodedError } from "../../shared/model/errors.ts";
import { instant, millis, seconds } from "../../shared/model/time.ts";
import type { RefusedSample, SampleWriter } from "../../shared/store/port.ts";
import { RefusedSamplesError } from "../../shared/store/refused.ts";
import { ManualClock } from "../fakes/clock.ts";
import { good } from "./samples.ts";

describe("sequence numbers", () => {
  /** Numbers received at 0, 1, 2 … ms after a birth with seq 0; since when one is missing at the end. */
  const missing = (numbers: readonly number[]): number | null => {
    const tracker = new SequenceTracker();
    tracker.restart(0);
    for (const [at, seq] of numbers.entries()) tracker.accept(seq, instant(at));
    return tracker.waitingSince;
  };

  test.each([
    ["in order", [1, 2, 3], null],
    ["one missing", [1, 3], 1],
    ["missing, then reordered", [1, 3, 2], null],
    ["two missing, one comes: the wait begins again", [2, 4, 1], 2],
    ["over the end of the round", [...Array.from({ length: 255 }, (_, i) => i + 1), 0, 1], null],
    ["a duplicate", [1, 1, 2], null],
  ])("%s", (_, numbers, expected) => {
    expect(missing(numbers)).toBe(expected);
  });

  test("any order within a window leaves nothing missing; without one of them something is", () => {
    const order = fc.integer({ min: 2, max: 100 }).chain((n) =>
      fc.shuffledSubarray(
        Array.from({ length: n }, (_, i) => i + 1),
        { minLength: n },
      ),
    );
    fc.assert(
      fc.property(order, fc.nat(), (numbers, which) => {
        expect(missing(numbers)).toBeNull();
        const lost = numbers[which % numbers.length];
        const isLastOfAll = lost === numbers.length;
        expect(missing(numbers.filter((seq) => seq !== lost)) === null).toBe(isLastOfAll);
      }),
    );
  });
});

describe("rebirth requests", () => {
  test("pause per node from 5 s to 5 min, and begin again after a quiet time", () => {
    const requests = new RebirthRequests();
    const askedAt: number[] = [];
    for (let s = 0; s <= 1_000; s++) {
      requests.want("demo/edge");
      if (requests.due(instant(s * 1_000)).length > 0) askedAt.push(s);
    }
    expect(askedAt).toEqual([0, 5, 15, 35, 75, 155, 315, 615, 915]);
    requests.born("demo/edge");
    expect(requests.due(instant(2_000_000))).toEqual([]);
    requests.want("demo/edge");
    expect(requests.due(instant(2_000_000))).toEqual(["demo/edge"]);
    requests.want("demo/edge");
    expect(requests.due(instant(2_005_000))).toEqual(["demo/edge"]);
  });

  test("ask at most ten nodes a second, and every node in the end", () => {
    const requests = new RebirthRequests();
    for (let i = 0; i < 35; i++) requests.want(`demo/edge-${i}`);
    const perRound = Array.from({ length: 5 }, (_, i) => requests.due(instant(i * 1_000)).length);
    expect(perRound).toEqual([10, 10, 10, 5, 0]);
    const sameSecond = new RebirthRequests();
    for (let i = 0; i < 35; i++) sameSecond.want(`demo/edge-${i}`);
    expect(sameSecond.due(instant(0)).length + sameSecond.due(instant(999)).length).toBe(10);
  });
});

describe("the intake", () => {
  const name = (number: number) => ({ queueId: "q", number });
  const samples = [good("chem/r101/temp", 1, 1), good("chem/r101/temp", 2, 2)];

  test("knows what is pending and what is stored", () => {
    const intake = new Intake(new Map([["q", [[1, 10]]]]), 100);
    expect(intake.offer("n", name(10), samples)).toBe("stored");
    expect(intake.offer("n", name(12), samples)).toBe("queued");
    expect(intake.offer("n", name(12), samples)).toBe("pending");
    const taken = intake.take(100);
    expect(intake.known(name(12))).toBe("pending");
    intake.settle(taken);
    expect(intake.known(name(12))).toBe("stored");
    expect(intake.ranges("q")).toEqual([
      [1, 10],
      [12, 12],
    ]);
  });

  test("refuses what goes beyond a node's bound, and leaves other nodes alone", () => {
    const intake = new Intake(new Map(), 3);
    expect(intake.offer("a", name(1), samples)).toBe("queued");
    expect(intake.offer("a", name(2), samples)).toBe("full");
    expect(intake.known(name(2))).toBeUndefined();
    expect(intake.offer("b", name(2), samples)).toBe("queued");
    intake.take(100);
    expect(intake.offer("a", name(3), samples)).toBe("queued");
  });

  test("refuses batches without samples too, once there are too many", () => {
    const intake = new Intake(new Map(), 3);
    const outcomes = Array.from({ length: 10_001 }, (_, i) => intake.offer("a", name(i + 1), []));
    expect(outcomes.filter((outcome) => outcome === "queued")).toHaveLength(10_000);
    expect(outcomes.at(-1)).toBe("full");
  });

  test("takes from every node in turn", () => {
    const intake = new Intake(new Map(), 100);
    for (let i = 1; i <= 5; i++) intake.offer("a", name(i), samples);
    intake.offer("b", { queueId: "other", number: 1 }, samples);
    expect(intake.take(4).map(({ node }) => node)).toEqual(["a", "b"]);
    expect(intake.waitingBatches).toBe(4);
  });
});

describe("acknowledgements", () => {
  test("press once a quarter of a gateway's window is owed to it, until they are sent", () => {
    const acks = new Acks();
    for (let i = 1; i <= windowLimits.batches / 4; i++) {
      expect(acks.isPressing).toBe(false);
      acks.owe("a", "q");
      acks.owe("b", "r");
    }
    expect(acks.isPressing).toBe(true);
    const sent = acks.take(() => [[1, 8]], instant(0));
    expect([...sent.keys()]).toEqual(["a", "b"]);
    expect(acks.isPressing).toBe(false);
  });
});

describe("the committer", () => {
  const rig = (write: SampleWriter["write"]) => {
    const clock = new ManualClock();
    const intake = new Intake(new Map(), 1_000);
    const state: { isDeskBroken: boolean; refused: RefusedSample[] } = { isDeskBroken: false, refused: [] };
    /** Batches and samples. */
    const stored: [number, number][] = [];
    const writer: SampleWriter = { write, storedBatches: async () => new Map(), [Symbol.asyncDispose]: async () => {} };
    const committer = createCommitter({
      intake,
      writer,
      clock,
      random: () => 1,
      log: silentLog,
      metrics: createMetrics(),
      keepRefused: (refused) => {
        if (state.isDeskBroken) throw new CodedError("DISK", "no room for letters");
        state.refused.push(...refused);
      },
      onStored: (batches) => stored.push([batches.length, batches.flatMap(({ samples }) => samples).length]),
    });
    return { clock, intake, stored, committer, state };
  };
  const name = { queueId: "q", number: 1 };
  const samples = [good("chem/r101/temp", 1, 1)];

  test("keeps batches over an outage and says since when it lasts", async () => {
    let isDown = true;
    const { clock, intake, stored, committer } = rig(async () => {
      if (isDown) throw new CodedError("STORE_UNAVAILABLE", "away");
    });
    const abort = new AbortController();
    const run = committer.run(abort.signal);
    intake.offer("n", name, samples);
    await clock.advance(seconds(20));
    expect(stored).toEqual([]);
    expect(committer.outageSince()).toBe(50);
    expect(committer.outageCause()).toBe("STORE_UNAVAILABLE: away");
    isDown = false;
    await clock.advance(seconds(10));
    expect(stored).toEqual([[1, 1]]);
    expect([committer.outageSince(), committer.outageCause()]).toEqual([null, null]);
    abort.abort();
    await clock.advance(millis(1));
    await run;
  });

  test("what fills a commit is not kept waiting, and neither is what came while the store was busy", async () => {
    const plenty = (second: number) =>
      Array.from({ length: 10_000 }, (_, i) => good("chem/r101/temp", second * 10_000 + i, 1));
    const busy = Promise.withResolvers<void>();
    const { clock, intake, stored, committer } = rig(() => busy.promise);
    const abort = new AbortController();
    const run = committer.run(abort.signal);
    intake.offer("n", name, plenty(0));
    await clock.advance(millis(0));
    intake.offer("m", { queueId: "r", number: 1 }, plenty(1));
    busy.resolve();
    await clock.advance(millis(0));
    expect(stored).toEqual([
      [1, 10_000],
      [1, 10_000],
    ]);
    abort.abort();
    await clock.advance(millis(1));
    await run;
  });

  test("a stop drains the queue; with the store away it gives up after a while and acknowledges nothing", async () => {
    const { clock, intake, stored, committer } = rig(async () => {
      throw new CodedError("STORE_UNAVAILABLE", "away");
    });
    const abort = new AbortController();
    const run = committer.run(abort.signal);
    intake.offer("n", name, samples);
    abort.abort();
    for (let i = 0; i < 20; i++) await clock.advance(seconds(1));
    await run;
    expect(stored).toEqual([]);

    const healthy = rig(async () => {});
    const stop = new AbortController();
    healthy.intake.offer("n", name, samples);
    const drained = healthy.committer.run(stop.signal);
    stop.abort();
    await healthy.clock.advance(millis(1));
    await drained;
    expect(healthy.stored).toEqual([[1, 1]]);
  });

  test("samples that the store will never take go to the dead letter, their batch counts as stored", async () => {
    const written: number[] = [];
    const { clock, intake, stored, committer, state } = rig(async (batches, keepRefused) => {
      const samples = batches.flatMap((batch) => batch.samples);
      written.push(samples.length);
      // Foreseen refusals never come here, and theirs are kept before anything is written.
      expect(state.refused.map(({ why }) => why)).toEqual(["the time -5"]);
      const refused = samples.slice(1).map((sample) => ({ sample, why: "no" }));
      keepRefused?.(refused);
      throw new RefusedSamplesError(refused);
    });
    const abort = new AbortController();
    const run = committer.run(abort.signal);
    intake.offer("n", name, [...samples, good("chem/r101/temp", -5, 1), good("chem/r101/temp", 9, 1)]);
    await clock.advance(millis(60));
    expect(written).toEqual([2]);
    expect(state.refused.map(({ sample, why }) => [sample.at, why])).toEqual([
      [-5, "the time -5"],
      [9, "no"],
    ]);
    expect(stored).toEqual([[1, 1]]);
    expect(intake.known(name)).toBe("stored");
    abort.abort();
    await clock.advance(millis(1));
    await run;
  });

  test("nothing is acknowledged while the dead letter cannot be written", async () => {
    const { clock, intake, stored, committer, state } = rig(async (batches, keepRefused) => {
      const refused = batches.flatMap((batch) => batch.samples.map((sample) => ({ sample, why: "no" })));
      keepRefused?.(refused);
      throw new RefusedSamplesError(refused);
    });
    state.isDeskBroken = true;
    const abort = new AbortController();
    const run = committer.run(abort.signal);
    intake.offer("n", name, samples);
    await clock.advance(seconds(20));
    expect([stored, intake.known(name)]).toEqual([[], "pending"]);
    state.isDeskBroken = false;
    await clock.advance(seconds(10));
    expect([stored, state.refused.length]).toEqual([[[1, 0]], 1]);
    abort.abort();
    await clock.advance(millis(1));
    await run;
  });
});
