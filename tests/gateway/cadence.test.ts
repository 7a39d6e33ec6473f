import { describe, expect, test } from "vitest";
import { instant, millis, minutes } from "#shared/model/time.ts";
import { beats, createCadence, phaseOf } from "../../gateway/cadence.ts";
import { ManualClock } from "../fakes/clock.ts";

describe("beats", () => {
  test("come at the phase of each period without drift; a slow consumer misses beats and is told how many", async () => {
    const clock = new ManualClock(instant(10_050));
    const stop = new AbortController();
    const heard: (readonly [at: number, missed: number])[] = [];
    const work = [0, 30, 250, 0, 0];
    const running = (async () => {
      for await (const missed of beats(clock, millis(100), millis(20), stop.signal)) {
        heard.push([clock.monotonic(), missed]);
        await clock.sleep(millis(work[heard.length - 1] ?? 0));
      }
    })();
    for (let ms = 0; ms < 700; ms += 10) await clock.advance(millis(10));
    stop.abort();
    await running;
    expect(heard).toEqual([
      [10_120, 0],
      [10_220, 0],
      [10_320, 0],
      // The work of 250 ms ends at 10,570: the beats at 420 and 520 are gone.
      [10_570, 1],
      [10_620, 0],
      [10_720, 0],
    ]);
  });

  test("devices are spread over the period, each always at its own place", () => {
    const phases = Array.from({ length: 200 }, (_, i) => phaseOf(`meter-${i}`, millis(1_000)));
    expect(phases.every((phase) => phase >= 0 && phase < 1_000)).toBe(true);
    const perTenth = Array.from(
      { length: 10 },
      (_, i) => phases.filter((phase) => Math.floor(phase / 100) === i).length,
    );
    expect(Math.max(...perTenth)).toBeLessThan(45);
    expect(phaseOf("meter-7", millis(1_000))).toBe(phases[7]);
  });
});

test("cadence is the share of due polls that were made, and forgets what is older than ten minutes", async () => {
  const clock = new ManualClock(instant(0));
  const cadence = createCadence(clock);
  expect(cadence.kept).toBeNull();
  cadence.beat(0);
  cadence.beat(3);
  expect(cadence.kept).toBe(2 / 5);
  await clock.advance(minutes(9));
  cadence.beat(0);
  expect(cadence.kept).toBe(3 / 6);
  await clock.advance(minutes(2));
  expect(cadence.kept).toBe(1);
  await clock.advance(minutes(10));
  expect(cadence.kept).toBeNull();
});
