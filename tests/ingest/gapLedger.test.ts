import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fillGap } from "../../ingest/host/gapCut.ts";
import { GapLedger, type HoleCause } from "../../ingest/host/gapLedger.ts";
import { createGapWatch } from "../../ingest/host/gapWatch.ts";
import { silentLog } from "../../shared/kit/log.ts";
import type { Gap, GapCause, TagId } from "../../shared/model/sample.ts";
import { instant } from "../../shared/model/time.ts";
import { plantTags } from "../../shared/plant/select.ts";
import { testPlant } from "./plantFixture.ts";
import { good, tag } from "./samples.ts";

const temp = "chem/r101/temp";

/** The table of gaps: what is on disk. */
class GapTable {
  rows = new Map<string, Gap>();
  isBroken = false;
  saveGaps(put: readonly Gap[], remove: readonly Gap[] = []): void {
    if (this.isBroken) throw new Error("disk full");
    for (const { tag, from, cause } of remove) this.rows.delete(`${tag} ${from} ${cause}`);
    for (const gap of put) this.rows.set(`${gap.tag} ${gap.from} ${gap.cause}`, gap);
  }
  /** Entries as `from..to cause (lost)`. */
  get all(): string[] {
    return [...this.rows.values()]
      .sort((a, b) => a.from - b.from)
      .map(({ from, to, cause, lost }) => [`${from}..${to ?? ""}`, cause, ...(lost === null ? [] : [lost])].join(" "));
  }
}

/** A ledger that has stored a sample at 0, in queue q, and calls silence above 10 ms a gap. */
function ledgerRig(known: readonly Gap[] = [], causeOfHole: HoleCause = () => "source_silent", newest = 0) {
  const table = new GapTable();
  for (const gap of known) table.rows.set(`${gap.tag} ${gap.from} ${gap.cause}`, gap);
  const ledger = new GapLedger([{ tag: tag(temp), newest: instant(newest), gapAfterMs: 10 }], known, table, silentLog);
  const stored = (at: number, queue: string | null = "q") => {
    ledger.stored(good(temp, at, 1), queue, causeOfHole);
    ledger.flush();
  };
  const die = (cause: GapCause = "gateway_lost") => ledger.open([tag(temp)], instant(3), () => cause);
  return { table, ledger, stored, die };
}

describe("filling", () => {
  const gap = (from: number, to: number | null): Gap => ({
    tag: tag(temp),
    from: instant(from),
    to: to === null ? null : instant(to),
    cause: "gateway_lost",
    lost: null,
  });
  test.each([
    ["the next data closes it", gap(0, null), 50, [gap(0, 50)]],
    ["data at once leaves nothing", gap(0, null), 5, []],
    ["late data splits it", gap(0, 100), 50, [gap(0, 50), gap(50, 100)]],
    ["late data at its beginning shortens it", gap(0, 100), 5, [gap(5, 100)]],
    ["late data at its end shortens it", gap(0, 100), 95, [gap(0, 95)]],
    ["data outside changes nothing", gap(10, 100), 100, [gap(10, 100)]],
    ["lost samples stay lost", { ...gap(0, 100), lost: 7 }, 50, [{ ...gap(0, 100), lost: 7 }]],
  ])("%s", (_, was, at, expected) => {
    expect(fillGap(was, instant(at), 10)).toEqual(expected);
  });
});

describe("the gap ledger", () => {
  test("a death is on disk at once, and the next data closes it", () => {
    const { table, stored, die } = ledgerRig([], () => "gateway_lost");
    die();
    expect(table.all).toEqual(["0.. gateway_lost"]);
    die("device_lost");
    expect(table.all).toEqual(["0.. gateway_lost"]);
    stored(100);
    expect(table.all).toEqual(["0..100 gateway_lost"]);
  });

  test("a backlog that covers a gap leaves none of it, whatever the order, over restarts of ingest too", () => {
    const order = fc.shuffledSubarray(
      Array.from({ length: 19 }, (_, i) => (i + 1) * 5),
      { minLength: 19 },
    );
    fc.assert(
      fc.property(order, fc.nat(20), (times, restartAfter) => {
        const first = ledgerRig();
        first.die();
        first.stored(100);
        for (const at of times.slice(0, restartAfter)) first.stored(at);
        const second = ledgerRig([...first.table.rows.values()], undefined, 100);
        for (const at of times.slice(restartAfter)) second.stored(at);
        expect(second.table.all).toEqual([]);
      }),
    );
  });

  test("a leap that nobody announced is a gap with the cause that the host gives it", () => {
    const { table, ledger, stored } = ledgerRig([], ({ before, queue }) =>
      before === queue ? "undelivered" : "gateway_lost",
    );
    stored(5);
    stored(40);
    expect(table.all).toEqual(["5..40 undelivered"]);
    stored(20);
    expect(table.all).toEqual(["5..20 undelivered", "20..40 undelivered"]);
    ledger.settle(() => false);
    ledger.flush();
    expect(table.all).toEqual(["5..20 undelivered", "20..40 undelivered"]);
    ledger.settle((queue) => queue === "q");
    ledger.flush();
    expect(table.all).toEqual(["5..20 source_silent", "20..40 source_silent"]);
    stored(80, "another start");
    expect(table.all.at(-1)).toBe("40..80 gateway_lost");
  });

  test("a leap of a source whose clock is suspect has that cause", () => {
    const { table, ledger } = ledgerRig();
    const suspect = {
      tag: tag(temp),
      at: instant(5),
      quality: "uncertain",
      value: 1,
      reason: "CLOCK_SUSPECT",
    } as const;
    ledger.stored(suspect, "q", () => "source_silent");
    ledger.stored(good(temp, 90, 1), "q", () => "source_silent");
    ledger.flush();
    expect(table.all).toEqual(["5..90 clock_suspect"]);
  });

  test("recorded losses are on disk when it says so, once however often, and take their part out of the silence", () => {
    const { table, ledger, stored } = ledgerRig([], () => "undelivered");
    stored(100);
    const lost = [temp, "chem/r101/mode"].map((path) => ({
      tag: tag(path),
      from: instant(20),
      to: instant(60),
      cause: "outbox_full" as const,
      count: 9,
    }));
    table.isBroken = true;
    expect(ledger.record(lost)).toBe(false);
    table.isBroken = false;
    expect(ledger.record(lost)).toBe(true);
    expect(ledger.record(lost)).toBe(true);
    const rows = ["0..20 undelivered", "20..60 outbox_full 9", "20..60 outbox_full 9", "60..100 undelivered"];
    expect(table.all).toEqual(rows);
    stored(30);
    expect(table.all).toEqual(rows);
  });

  test("a leap over losses that are known already is only what they do not explain", () => {
    const { table, ledger, stored } = ledgerRig();
    ledger.record([{ tag: tag(temp), from: instant(5), to: instant(95), cause: "outbox_damaged", count: null }]);
    stored(100);
    expect(table.all).toEqual(["5..95 outbox_damaged 0"]);
  });

  test("a refused sample is an entry of one instant until somebody stores it after all", () => {
    const { table, ledger } = ledgerRig();
    ledger.refused(good(temp, 7, 1));
    ledger.flush();
    expect(table.all).toEqual(["7..7 rejected 1"]);
    ledger.redeemed(good(temp, 7, 1));
    ledger.flush();
    expect(table.all).toEqual([]);
  });

  test("entries that could not be written are written later", () => {
    const { table, ledger, die } = ledgerRig();
    table.isBroken = true;
    die();
    expect(ledger.flush()).toBe(false);
    table.isBroken = false;
    expect(ledger.flush()).toBe(true);
    expect(table.all).toEqual(["0.. gateway_lost"]);
  });

  test("more gaps than it keeps in mind stay on disk", () => {
    const { table, stored } = ledgerRig();
    for (let n = 1; n <= 300; n++) stored(n * 100);
    expect(table.rows.size).toBe(300);
    stored(29_950);
    expect(table.rows.size).toBe(301);
  });
});

describe("the gap watch", () => {
  const plant = testPlant();
  const rig = () => {
    const open = new Map<TagId, string>();
    const state = { heard: 0, isStoreAway: false, cause: "source_silent" as GapCause };
    const watch = createGapWatch({
      plant,
      host: { causeOfSilence: () => state.cause },
      live: { heardAt: (id) => instant(id === tag(temp) ? state.heard : Number.MAX_SAFE_INTEGER) },
      gaps: {
        isOpen: (id) => open.has(id),
        open: (tags, at, causeOf) => {
          for (const id of tags) open.set(id, `${at} ${causeOf(id)}`);
        },
      },
      isStoreAway: () => state.isStoreAway,
    });
    return { watch, open, state };
  };
  const gapAfter = plantTags(plant).find(({ id }) => id === tag(temp))?.info.gapAfterMs ?? 0;

  test("opens a gap after the tag's own patience, not before, and not while nobody listens or the store is away", () => {
    const { watch, open, state } = rig();
    state.heard = 1_000_000;
    watch.look(instant(9_000_000));
    expect(open.size).toBe(0);
    watch.listen(instant(1));
    watch.look(instant(1_000_000 + gapAfter));
    state.isStoreAway = true;
    watch.look(instant(9_000_000));
    expect(open.size).toBe(0);
    state.isStoreAway = false;
    watch.look(instant(1_000_001 + gapAfter));
    expect([...open]).toEqual([[tag(temp), "1 source_silent"]]);
  });

  test("the silence from before a session counts from the session on", () => {
    const { watch, open, state } = rig();
    state.cause = "not_configured";
    watch.listen(instant(5_000_000));
    watch.look(instant(5_000_000 + gapAfter));
    expect(open.size).toBe(0);
    watch.look(instant(5_000_001 + gapAfter));
    expect(open.get(tag(temp))).toBe("5000000 not_configured");
  });
});
