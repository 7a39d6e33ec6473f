// Each process is killed in turn while an instrument counts; afterwards every number is accounted for.
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { systemClock, ticks } from "#shared/kit/clock.ts";
import { silentLog } from "#shared/kit/log.ts";
import { addRange, noRanges, type Ranges } from "#shared/model/ranges.ts";
import { tagId } from "#shared/model/sample.ts";
import { instant, millis, seconds } from "#shared/model/time.ts";
import { openEmbeddedReader } from "#shared/store/embedded/open.ts";
import { openRecordsReader } from "#shared/store/records/sqlite.ts";
import { reconcile } from "../../ingest/reconcile/reconcile.ts";
import { good } from "../../simulators/signal.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { type Instrument, plantOf, signal, startInstrument } from "../fakes/instrument.ts";
import { killAndWait, startChain } from "./chain.ts";

const period = millis(50);
const counter = signal("count");
const tag = tagId({ platform: "test", line: "bench", equipment: "pump", tag: "count" });

test("numbers are in the store once, over a kill of each process; only the gateway's own absence is a gap", async () => {
  await using folder = await temporaryFolder();
  const counting = new AbortController();
  const instrument: { current: Instrument | undefined } = { current: await startInstrument(folder.path, [counter]) };
  const port = instrument.current?.port ?? 0;
  const shownAt: number[] = [0];
  let shown = 0;
  const count = (async () => {
    for await (const at of ticks(systemClock, period, counting.signal)) {
      if (!instrument.current) continue;
      shown = shownAt.push(at) - 1;
      instrument.current.show([good(shown)], at);
    }
  })();
  const chain = await startChain({ folder: folder.path, plantYaml: plantOf(port, [counter]) });
  try {
    await using reader = await openEmbeddedReader({ file: chain.historyFile, clock: systemClock, log: silentLog });
    const newest = async () => Number((await reader.last([tag], instant(4e12))).get(tag)?.value ?? 0);
    /** Waits until a number that is shown from now on is stored. */
    const caughtUp = async () => {
      const target = shown + 20;
      await expect.poll(newest, { timeout: 60_000, interval: 100 }).toBeGreaterThan(target);
    };
    await caughtUp();
    await killAndWait(chain.ingest);
    await caughtUp();
    await killAndWait(chain.dashboard);
    await caughtUp();
    const beforeGateway = shown;
    await killAndWait(chain.gateway);
    await caughtUp();
    const beforeInstrument = shown;
    await instrument.current?.[Symbol.asyncDispose]();
    instrument.current = undefined;
    instrument.current = await startInstrument(folder.path, [counter], port);
    await caughtUp();
    await caughtUp();
    counting.abort();
    await count;
    await expect.poll(newest, { timeout: 30_000, interval: 100 }).toBe(shown);

    const { samples } = await reader.range(tag, instant(0), instant(4e12), 1_000_000);
    const numbers = samples.filter(({ quality }) => quality === "good").map(({ value }) => Number(value));
    for (const { at, value } of samples) {
      if (value !== null) expect(at).toBe(shownAt[Number(value)]);
    }
    expect(new Set(numbers).size).toBe(numbers.length);
    const [first = 0] = numbers;
    const seen = new Set(numbers);
    const missing = Array.from({ length: shown - first + 1 }, (_, i) => first + i)
      .filter((n) => !seen.has(n))
      .reduce<Ranges>((ranges, n) => addRange(ranges, n, n), noRanges);
    // Nobody listened from the gateway's death until it had subscribed again, and from the instrument's end until it
    // was found again: one stretch each, which begins where that happened. Numbers just before it may not have been
    // accepted yet: a publishing interval, a batch, a sync.
    const notAcceptedYet = seconds(1) / period;
    const silent = [beforeGateway, beforeInstrument];
    expect(missing.length).toBeLessThanOrEqual(silent.length);
    for (const [start] of missing) {
      expect(silent.some((n) => Math.abs(start - n) <= notAcceptedYet)).toBe(true);
    }
    expect(numbers.filter((n) => n > beforeInstrument).length).toBeGreaterThan(20);
    expect(numbers.length).toBeGreaterThan(100);

    // The gateway's own counts agree, over its kill too.
    await using records = await openRecordsReader(join(dirname(chain.historyFile), "records.db"));
    const counts = [];
    const always = { from: instant(0), to: instant(4e12), wants: () => true };
    for await (const count of reconcile(records, reader, always)) counts.push(count);
    expect(counts.map(({ missing }) => missing.unexplained ?? 0)).toEqual(counts.map(() => 0));
    expect(counts.reduce((sum, { accepted }) => sum + accepted, 0)).toBeGreaterThanOrEqual(samples.length);
  } finally {
    counting.abort();
    await count;
    await chain[Symbol.asyncDispose]();
    await instrument.current?.[Symbol.asyncDispose]();
  }
}, 240_000);
