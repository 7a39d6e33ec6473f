import { describe, expect, test } from "vitest";
import type { Driver, DriverDiagnosis, Point, Reading } from "../../gateway/driver.ts";

/** A driver with a real device behind it. */
export interface DriverBench<Address> extends AsyncDisposable {
  readonly driver: Driver<Address>;
  /** Three points that exist, and one that does not. */
  readonly points: readonly [Point<Address>, Point<Address>, Point<Address>];
  readonly unknown: Point<Address>;
  /** Lets the device show these values at the three points. */
  show(values: readonly [number, number, number]): void | Promise<void>;
  /** The second point shows this value with this quality, where the protocol has a quality. */
  showAs?(quality: "uncertain" | "bad", value: number): void | Promise<void>;
  /** Holds up what the device says, or lets all of it through. */
  hold(held: boolean): void;
  /** Ends the device, and brings it back at the same address. */
  stopDevice(): Promise<void>;
  startDevice(): Promise<void>;
}

export type Clause =
  | "pushes every change in order"
  | "a lost subscription rejects"
  | "pushes bad and uncertain values as what they are"
  | "a bad value is bad with a reason, and its neighbours are good"
  | "an uncertain value comes through with its reason";

const never = new AbortController().signal;
/** Far more than an abort takes, far less than the time-outs of the benches. */
const patience = 5_000;
const waited = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
const values = (readings: readonly Reading[]) => readings.map(({ value }) => value);

/** What a diagnosis takes; the digits of its numbers do not count. */
const sizeOf = (diagnosis: DriverDiagnosis): number => JSON.stringify(diagnosis).replace(/\d+(\.\d+)?/g, "0").length;

/** What every driver promises to the acquisition; a skip is named with its reason. */
export function driverContract<Address>(
  name: string,
  open: () => Promise<DriverBench<Address>>,
  skip: Partial<Record<Clause, string>> = {},
  /** Why none of it can be tried here. */
  absent?: string,
): void {
  const clause = (title: string, body: (bench: DriverBench<Address>) => Promise<void>) => {
    const why = absent ?? skip[title as Clause];
    test.skipIf(why !== undefined)(why ? `${title} (${why})` : title, { timeout: 60_000 }, async () => {
      await using bench = await open();
      await body(bench);
    });
  };
  /** A loss may show only in the next read; then the next connection holds. */
  const readAgain = async ({ driver }: DriverBench<Address>, points: readonly Point<Address>[]) => {
    const again = async () => {
      await driver.connect(never);
      return driver.read(points, never);
    };
    return again().catch(again);
  };

  describe(`${name} keeps the driver contract`, () => {
    clause("it has no way to write", async ({ driver }) => {
      const methods = Object.keys(driver).sort();
      expect(methods.filter((method) => !["connect", "read", "subscribe", "diagnosis"].includes(method))).toEqual([]);
    });

    clause("gives one reading per point, in order, also for the same point twice", async ({ driver, points, show }) => {
      await show([1, 2, 3]);
      await driver.connect(never);
      const [a, b, c] = points;
      const readings = await driver.read([c, a, b, a], never);
      expect(values(readings)).toEqual([3, 1, 2, 1]);
      expect(readings.every(({ quality, at }) => quality === "good" && Math.abs(Date.now() - at) < 60_000)).toBe(true);
    });

    clause(
      "a point that does not exist is bad ADDRESS_UNKNOWN, and the others are good",
      async ({ driver, points, unknown, show }) => {
        await show([1, 2, 3]);
        await driver.connect(never);
        const [a, b, c] = points;
        const readings = await driver.read([a, unknown, b, c], never);
        expect(values(readings)).toEqual([1, null, 2, 3]);
        expect(readings[1]).toMatchObject({ quality: "bad", reason: "ADDRESS_UNKNOWN" });
      },
    );

    clause(
      "a bad value is bad with a reason, and its neighbours are good",
      async ({ driver, points, show, showAs }) => {
        await show([1, 2, 3]);
        await showAs?.("bad", 2);
        await driver.connect(never);
        const [first, second, third] = await driver.read(points, never);
        expect(second).toMatchObject({ quality: "bad", value: null, reason: "DEVICE_FAULT" });
        expect([first, third]).toMatchObject([
          { quality: "good", value: 1 },
          { quality: "good", value: 3 },
        ]);
      },
    );

    clause("an uncertain value comes through with its reason", async ({ driver, points, show, showAs }) => {
      await show([1, 2, 3]);
      await showAs?.("uncertain", 2);
      await driver.connect(never);
      const readings = await driver.read(points, never);
      expect(readings[1]).toMatchObject({ quality: "uncertain", value: 2, reason: expect.any(String) });
      expect(values(readings)).toEqual([1, 2, 3]);
    });

    clause("reads nothing of nothing", async ({ driver }) => {
      await driver.connect(never);
      expect(await driver.read([], never)).toEqual([]);
    });

    clause("without a connection a read rejects, to be tried again", async ({ driver, points }) => {
      await expect(driver.read(points, never)).rejects.toMatchObject({ code: "NOT_CONNECTED", verdict: "retry" });
    });

    clause(
      "connects to no device in vain, and to a device that comes later",
      async ({ driver, points, show, stopDevice, startDevice }) => {
        await stopDevice();
        const stop = new AbortController();
        setTimeout(() => stop.abort(), 1_500);
        await expect(driver.connect(stop.signal)).rejects.toBeDefined();
        await startDevice();
        await show([4, 5, 6]);
        await driver.connect(never);
        expect(values(await driver.read(points, never))).toEqual([4, 5, 6]);
      },
    );

    clause("after a loss the same driver connects again", async (bench) => {
      const { driver, points, show, stopDevice, startDevice } = bench;
      await show([1, 2, 3]);
      await driver.connect(never);
      await driver.read(points, never);
      await stopDevice();
      await startDevice();
      await show([7, 8, 9]);
      expect(values(await readAgain(bench, points))).toEqual([7, 8, 9]);
    });

    clause("an aborted connect to a device that says nothing settles, and the next one connects", async (bench) => {
      const { driver, points, show, hold } = bench;
      await show([1, 2, 3]);
      hold(true);
      const stop = new AbortController();
      setTimeout(() => stop.abort(), 200);
      // A protocol whose connection is the socket is connected all the same.
      await driver.connect(stop.signal).catch(() => {});
      hold(false);
      expect(values(await readAgain(bench, points))).toEqual([1, 2, 3]);
    });

    clause("an aborted read settles while the device still says nothing", async (bench) => {
      const { driver, points, show, hold } = bench;
      await show([1, 2, 3]);
      await driver.connect(never);
      await driver.read(points, never);
      hold(true);
      const stop = new AbortController();
      const reading = driver.read(points, stop.signal).then(
        (readings) => readings.every(({ quality }) => quality === "bad"),
        () => true,
      );
      setTimeout(() => stop.abort(), 50);
      // Neither values out of nowhere, nor a wait until the driver gives the device up.
      expect(await Promise.race([reading, waited(patience).then(() => "still waiting")])).toBe(true);
      hold(false);
      expect(values(await readAgain(bench, points))).toEqual([1, 2, 3]);
    });

    clause("answers that come late are nobody else's values", async (bench) => {
      const { driver, points, show, hold } = bench;
      const [a, b, c] = points;
      await show([1, 2, 3]);
      await driver.connect(never);
      await driver.read(points, never);
      for (let round = 0; round < 5; round++) {
        hold(true);
        const stop = new AbortController();
        const slow = driver.read([a], stop.signal).catch(() => []);
        setTimeout(() => stop.abort(), 30);
        await slow;
        hold(false);
        expect(values(await driver.read([c, b], never).catch(() => readAgain(bench, [c, b])))).toEqual([3, 2]);
      }
    });

    clause("its diagnosis is there before a connection, at once, and does not grow with the reads", async (bench) => {
      const { driver, points, unknown, show } = bench;
      expect(driver.diagnosis()).toMatchObject({ latencyMs: null });
      await show([1, 2, 3]);
      await driver.connect(never);
      const sizes: number[] = [];
      for (let i = 0; i < 600; i++) {
        await driver.read([...points, unknown], never);
        if (i === 299 || i === 599) sizes.push(sizeOf(driver.diagnosis()));
      }
      expect(sizes[1]).toBe(sizes[0]);
      const { counters, warnings, certificates } = driver.diagnosis();
      expect(Object.values(counters).every(Number.isFinite)).toBe(true);
      expect(warnings.every((warning) => typeof warning === "string" && warning !== "")).toBe(true);
      expect(certificates.every(({ thumbprint }) => /^[0-9A-F]{40}$/.test(thumbprint))).toBe(true);
    });

    clause("closing twice is closing once", async ({ driver }) => {
      await driver.connect(never);
      await driver[Symbol.asyncDispose]();
      await driver[Symbol.asyncDispose]();
    });

    clause("pushes every change in order", async ({ driver, points, show }) => {
      await show([0, 0, 0]);
      await driver.connect(never);
      const stop = new AbortController();
      const pushed: number[] = [];
      const { promise: all, resolve } = Promise.withResolvers<void>();
      const { promise: first, resolve: begun } = Promise.withResolvers<void>();
      const running = driver.subscribe?.(
        points,
        (index, { value }) => {
          if (index !== 0) return;
          pushed.push(Number(value));
          begun();
          if (value === 50) resolve();
        },
        stop.signal,
      );
      await first;
      for (let i = 1; i <= 50; i++) await show([i, 0, 0]);
      await all;
      stop.abort();
      await running;
      expect(pushed).toEqual(Array.from({ length: 51 }, (_, i) => i));
    });

    clause("pushes bad and uncertain values as what they are", async ({ driver, points, show, showAs }) => {
      await show([1, 2, 3]);
      await driver.connect(never);
      const stop = new AbortController();
      const pushed: Reading[] = [];
      const waiting = new Set<() => void>();
      const running = driver.subscribe?.(
        points,
        (index, reading) => {
          if (index === 1) pushed.push(reading);
          for (const wake of waiting) wake();
        },
        stop.signal,
      );
      const count = async (wanted: number) => {
        while (pushed.length < wanted) await new Promise<void>((resolve) => waiting.add(resolve));
      };
      await count(1);
      await showAs?.("bad", 4);
      await count(2);
      await showAs?.("uncertain", 5);
      await count(3);
      stop.abort();
      await running;
      expect(pushed).toMatchObject([
        { quality: "good", value: 2 },
        { quality: "bad", value: null, reason: "DEVICE_FAULT" },
        { quality: "uncertain", value: 5 },
      ]);
    });

    clause("a lost subscription rejects", async ({ driver, points, show, stopDevice }) => {
      await show([0, 0, 0]);
      await driver.connect(never);
      const { promise: first, resolve: begun } = Promise.withResolvers<void>();
      const running = driver.subscribe?.(points, () => begun(), never);
      const outcome = running?.then(
        () => "resolved",
        (error: unknown) => error,
      );
      await first;
      await stopDevice();
      expect(await outcome).toMatchObject({ verdict: "retry" });
    });
  });
}
