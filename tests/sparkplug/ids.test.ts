import { expect, test } from "vitest";
import { parsePlant } from "#shared/plant/load.ts";
import { plantYaml } from "../ingest/plantFixture.ts";
import { tck } from "./tck.ts";

/** Places of what a plant is refused for. */
const refused = (yaml: string) => parsePlant(yaml, "plant.yaml", {}).problems.map(({ key }) => key);

test(
  tck(
    "plant.yaml names each gateway, device and tag once, upper and lower case being one",
    "topic-structure-namespace-unique-edge-node-descriptor",
    "topic-structure-namespace-unique-device-id",
    "case-sensitivity-sparkplug-ids",
    "case-sensitivity-metric-names",
  ),
  () => {
    expect(refused(plantYaml)).toEqual([]);
    const gateways = (ids: string) => plantYaml.replace("  - { id: edge-1 }\n", ids);
    expect(refused(gateways("  - { id: edge-1 }\n  - { id: edge-1 }\n"))).toEqual(["gateways[1].id"]);
    expect(refused(gateways("  - { id: edge-1 }\n  - { id: Edge-1 }\n"))).toEqual(["gateways[1].id"]);
    expect(refused(plantYaml.replace("id: meter\n", "id: plc\n"))).toContain("devices[1].id");
    expect(refused(plantYaml.replace("id: meter\n", "id: PLC\n"))).toContain("devices[1].id");
    const tag = "lines[0].equipment[0].tags[3].id";
    expect(refused(plantYaml.replace("{ id: power,", "{ id: temp,"))).toContain(tag);
    expect(refused(plantYaml.replace("{ id: power,", "{ id: Temp,"))).toContain(tag);
  },
);
