import { expect, test } from "vitest";
import { instant, millis } from "#shared/model/time.ts";
import { LiveValues } from "../../ingest/live/liveValues.ts";
import { testPlant } from "./plantFixture.ts";
import { good } from "./samples.ts";

const rest = millis(250);

test("a lone change is taken at once, further ones together after the rest", () => {
  const live = new LiveValues(testPlant());
  live.takeChanged(millis(0), rest);
  const change = (path: string, at: number) => live.use(good(path, at, at), instant(at));
  const takenAt = (now: number) => live.takeChanged(millis(now), rest).map(({ equipment }) => equipment);

  change("chem/r101/temp", 1_000);
  expect(takenAt(1_000)).toEqual(["r101"]);
  change("chem/r101/temp", 1_050);
  change("chem/r101/temp", 1_100);
  expect(takenAt(1_100)).toEqual([]);
  expect(takenAt(1_249)).toEqual([]);
  const [taken] = live.takeChanged(millis(1_250), rest);
  expect(taken?.values.find(({ tag }) => tag.endsWith("/temp"))).toMatchObject({ value: 1_100, at: 1_100 });
  expect(takenAt(2_000)).toEqual([]);
});
