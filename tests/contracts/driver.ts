import { describe, expect, test } from "vitest";
import type { Driver, Point, Reading } from "../../gateway/driver.ts";

/** A driver with a real device behind it. */
export interface DriverBench<Address> extends AsyncDisposable {
  readonly driver: Driver<Address>;
  /** Three points that exist, and one that does not. */
  readonly points: readonly [Point<Address>, Point<Address>, Point<Address>];
  readonly unknown: Point<Address>;
  /** Lets the device show these values at the three points. */
  show(values: readonly [number, number, number]): void;
  /** Ends the device, and brings it back at the same address. */
  stopDevice(): Promise<void>;
  startDevice(): Promise<void>;
}

type Clause = "pushes every change in order" | "a lost subscription rejects";

const never = new AbortController().signal;
const values = (readings: readonly Reading[]) => readings.map(({ value }) => value);

/** What every driver promises to the acquisition; a skip is named with its reason. */
export function driverContract<Address>(
  name: string,
  open: () => Promise<DriverBench<Address>>,
  skip: Partial<Record<Clause, string>> = {},
): void {
  const clause = (title: string, body: (bench: DriverBench<Address>) => Promise<void>) => {
    const why = skip[title as Clause];
    test.skipIf(why !== undefined)(why ? `${title} (${why})` : title, async () => {
      await using bench = await open();
      await body(bench);
    });
  };

  describe(`${name} keeps the driver contract`, () => {
    clause("it has no way to write", async ({ driver }) => {
      const methods = Object.keys(driver).sort();
      expect(methods.filter((method) => !["connect", "read", "subscribe", "diagnosis"].includes(method))).toEqual([]);
    });

    clause("gives one reading per point, in order, also for the same point twice", async ({ driver, points, show }) => {
      show([1, 2, 3]);
      await driver.connect(never);
      const [a, b, c] = points;
      const readings = await driver.read([c, a, b, a], never);
      expect(values(readings)).toEqual([3, 1, 2, 1]);
      expect(readings.every(({ quality, at }) => quality === "good" && Math.abs(Date.now() - at) < 60_000)).toBe(true);
    });

    clause(
      "a point that does not exist is bad ADDRESS_UNKNOWN, and the others are good",
      async ({ driver, points, unknown, show }) => {
        show([1, 2, 3]);
        await driver.connect(never);
        const [a, b, c] = points;
        const readings = await driver.read([a, unknown, b, c], never);
        expect(values(readings)).toEqual([1, null, 2, 3]);
        expect(readings[1]).toMatchObject({ quality: "bad", reason: "ADDRESS_UNKNOWN" });
      },
    );

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
        const patience = new AbortController();
        setTimeout(() => patience.abort(), 1_500);
        await expect(driver.connect(patience.signal)).rejects.toBeDefined();
        await startDevice();
        show([4, 5, 6]);
        await driver.connect(never);
        expect(values(await driver.read(points, never))).toEqual([4, 5, 6]);
      },
    );

    clause("after a loss the same driver connects again", async ({ driver, points, show, stopDevice, startDevice }) => {
      show([1, 2, 3]);
      await driver.connect(never);
      await driver.read(points, never);
      await stopDevice();
      await startDevice();
      show([7, 8, 9]);
      // The loss may show only in the first read; then the next connection holds.
      const again = async () => {
        await driver.connect(never);
        return driver.read(points, never);
      };
      expect(values(await again().catch(again))).toEqual([7, 8, 9]);
    });

    clause("closing twice is closing once", async ({ driver }) => {
      await driver.connect(never);
      await driver[Symbol.asyncDispose]();
      await driver[Symbol.asyncDispose]();
    });

    clause("pushes every change in order", async ({ driver, points, show }) => {
      show([0, 0, 0]);
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
      for (let i = 1; i <= 50; i++) show([i, 0, 0]);
      await all;
      stop.abort();
      await running;
      expect(pushed).toEqual(Array.from({ length: 51 }, (_, i) => i));
    });

    clause("a lost subscription rejects", async ({ driver, points, show, stopDevice }) => {
      show([0, 0, 0]);
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
