import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  commandFilters,
  derivedFilter,
  derivedTopic,
  deviceMessageTypes,
  groupFilter,
  type MessageType,
  nodeMessageTypes,
  parseDerivedTopic,
  parseSparkplugTopic,
  sparkplugTopic,
  stateTopic,
} from "#shared/wire/topics.ts";
import { tck } from "../sparkplug/tck.ts";

const id = fc.string({ unit: "grapheme", minLength: 1 }).filter((text) => !/[+/#\0]/.test(text));

describe("Sparkplug topics", () => {
  test(tck("every topic reads back to its parts", "topic-structure", "topic-structure-namespace-a"), () => {
    const topic = fc.oneof(
      fc.record({ group: id, type: fc.constantFrom<MessageType>(...nodeMessageTypes), edge: id }),
      fc.record({ group: id, type: fc.constantFrom<MessageType>(...deviceMessageTypes), edge: id, device: id }),
    );
    fc.assert(
      fc.property(topic, (parts) => {
        expect(parseSparkplugTopic(sparkplugTopic(parts))).toEqual(parts);
      }),
    );
  });

  test("they look as the standard writes them", () => {
    expect(sparkplugTopic({ group: "demo", type: "NBIRTH", edge: "edge-1" })).toBe("spBv1.0/demo/NBIRTH/edge-1");
    expect(sparkplugTopic({ group: "demo", type: "DDATA", edge: "edge-1", device: "plc" })).toBe(
      "spBv1.0/demo/DDATA/edge-1/plc",
    );
    expect(stateTopic("pilotline")).toBe("spBv1.0/STATE/pilotline");
    expect(groupFilter("demo")).toBe("spBv1.0/demo/#");
    expect(commandFilters("demo", "edge-1")).toEqual(["spBv1.0/demo/NCMD/edge-1", "spBv1.0/demo/DCMD/edge-1/+"]);
  });

  test.each([
    "spBv1.0/STATE/pilotline",
    "spAv1.0/g/NDATA/e",
    "spBv1.0/g/NDATA/e/d",
    "spBv1.0/g/DDATA/e",
    "spBv1.0/g/DDATA/e/d/x",
    "spBv1.0/g/OTHER/e",
    "spBv1.0/g/ndata/e",
    "spBv1.0//NDATA/e",
    "spBv1.0/g/NDATA/",
    "spBv1.0/g/DDATA/e/",
    "pilotline/v1/demo/live/l/e",
    "",
  ])("`%s` is none", (topic) => expect(parseSparkplugTopic(topic)).toBeUndefined());

  test.each(["", "a/b", "a+b", "a#", "a\0b"])(
    tck(
      "id `%s` is refused",
      "topic-structure-namespace-valid-group-id",
      "topic-structure-namespace-valid-edge-node-id",
      "topic-structure-namespace-valid-device-id",
    ),
    (bad) => {
      const refused = expect.objectContaining({ code: "CONFIG" });
      expect(() => sparkplugTopic({ group: bad, type: "NDATA", edge: "e" })).toThrow(refused);
      expect(() => sparkplugTopic({ group: "g", type: "NDATA", edge: bad })).toThrow(refused);
      expect(() => sparkplugTopic({ group: "g", type: "DDATA", edge: "e", device: bad })).toThrow(refused);
      expect(() => stateTopic(bad)).toThrow(refused);
      expect(() => derivedTopic("demo", bad)).toThrow(refused);
    },
  );

  test(
    tck(
      "a device id where it belongs, and nowhere else",
      "topic-structure-namespace-device-id-associated-message-types",
      "topic-structure-namespace-device-id-non-associated-message-types",
    ),
    () => {
      const refused = expect.objectContaining({ code: "CONFIG" });
      for (const type of nodeMessageTypes) {
        expect(() => sparkplugTopic({ group: "g", type, edge: "e", device: "d" })).toThrow(refused);
      }
      for (const type of deviceMessageTypes)
        expect(() => sparkplugTopic({ group: "g", type, edge: "e" })).toThrow(refused);
    },
  );
});

describe("derived topics", () => {
  test("read back to platform and parts", () => {
    fc.assert(
      fc.property(id, fc.array(id, { minLength: 1, maxLength: 4 }), (platform, parts) => {
        expect(parseDerivedTopic(derivedTopic(platform, ...parts))).toEqual({ platform, parts });
      }),
    );
    expect(derivedTopic("demo", "live", "line-1", "r101")).toBe("pilotline/v1/demo/live/line-1/r101");
    expect(derivedFilter("demo", "alarm")).toBe("pilotline/v1/demo/alarm/#");
  });

  test.each(["pilotline/v1/demo", "pilotline/v2/demo/live", "pilotline/v1//live", "pilotline/v1/demo/live//x", "x"])(
    "`%s` is none",
    (topic) => expect(parseDerivedTopic(topic)).toBeUndefined(),
  );
});
