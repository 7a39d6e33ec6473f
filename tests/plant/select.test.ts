import { expect, test } from "vitest";
import type { TagId } from "#shared/model/sample.ts";
import { parsePlant } from "#shared/plant/load.ts";
import type { Plant } from "#shared/plant/plant.ts";
import { plantView } from "#shared/plant/plantView.ts";
import { retentionOf } from "#shared/plant/retention.ts";
import { devicesOfGateway, plantAlarms, plantTags, tagsOfDevice } from "#shared/plant/select.ts";
import { goodCase } from "./cases.ts";

function smallPlant(change: (text: string) => string = (text) => text): Plant {
  const { plant, problems } = parsePlant(change(goodCase("small")), "small.yaml", {});
  expect(problems).toEqual([]);
  return plant as Plant;
}

test("every tag comes with its id, device, address and what is known of it", () => {
  const [temperature, mode, energy] = plantTags(smallPlant());
  expect(temperature).toMatchObject({
    id: "demo/coating/oven/temperature",
    device: { id: "plc", protocol: "opcua" },
    address: { node: "nsu=urn:demo;s=Oven.T" },
    info: { unit: "Cel", range: [0, 200], staleAfterMs: 30_000, gapAfterMs: 30_000 },
  });
  expect(mode?.info.range).toBeUndefined();
  expect(energy).toMatchObject({ device: { id: "meter" }, address: { table: "holding", register: 100 } });
});

test("stale follows the heartbeat, and a gap follows stale, where nothing else is said", () => {
  const heartbeat = smallPlant((text) => text.replace("unit: Cel", "unit: Cel\n            heartbeatMs: 4000"));
  expect(plantTags(heartbeat)[0]?.info).toMatchObject({ staleAfterMs: 12_000, gapAfterMs: 12_000 });
  const stale = smallPlant((text) => text.replace("unit: Cel", "unit: Cel\n            staleAfterMs: 50000"));
  expect(plantTags(stale)[0]?.info).toMatchObject({ staleAfterMs: 50_000, gapAfterMs: 50_000 });
  const gap = smallPlant((text) => text.replace("unit: Cel", "unit: Cel\n            gapAfterMs: 1500"));
  expect(plantTags(gap)[0]?.info).toMatchObject({ staleAfterMs: 30_000, gapAfterMs: 1_500 });
});

test("text and true/false have no unit", () => {
  const plant = smallPlant((text) => text.replace("type: int", "type: string"));
  expect(plantTags(plant).map(({ info }) => info.unit)).toEqual(["Cel", "", "kW.h"]);
});

test("a gateway has its devices, and a device its tags", () => {
  const plant = smallPlant();
  expect(devicesOfGateway(plant, "edge-1").map(({ id }) => id)).toEqual(["plc", "meter"]);
  expect(devicesOfGateway(plant, "edge-2")).toEqual([]);
  expect(tagsOfDevice(plant, "plc").map(({ config }) => config.id)).toEqual(["temperature", "mode"]);
});

test("an alarm comes with the tag that it watches", () => {
  const [alarm, ...more] = plantAlarms(smallPlant());
  expect(more).toEqual([]);
  expect(alarm).toMatchObject({
    id: "demo/coating/oven-hot",
    line: { id: "coating" },
    tag: { id: "demo/coating/oven/temperature" },
    rule: { limit: 180, kind: "high", priority: "medium" },
  });
});

test("the view holds what pages need and nothing of addresses and connections", () => {
  const view = plantView(smallPlant());
  expect(view.lines[0]?.equipment[0]).toMatchObject({ id: "oven", stateTag: "demo/coating/oven/mode" });
  expect(view.lines[0]?.equipment[0]?.tags.map(({ tag }) => tag)).toHaveLength(3);
  expect(JSON.stringify(view)).not.toMatch(/127\.0\.0\.1|nsu=|register/);
});

test("a tag is kept as its meaning says, else as all tags, else for good", () => {
  expect(retentionOf(smallPlant()).others).toEqual({ rawDays: null, minuteDays: null, rollUpDays: null });
  const rules =
    "retention: { rawDays: 90, rollUpDays: 3650, minuteDays: 365, byMeaning: { energy: { rawDays: 365 } } }\nplatform:";
  const { byTag, others } = retentionOf(
    smallPlant((text) =>
      text.replace("platform:", rules).replace("unit: kW.h", "unit: kW.h\n            meaning: energy"),
    ),
  );
  expect(others).toEqual({ rawDays: 90, minuteDays: 365, rollUpDays: 3650 });
  const kept = ["temperature", "energy"].map((name) => byTag.get(`demo/coating/oven/${name}` as TagId)?.rawDays);
  expect(kept).toEqual([90, 365]);
});
