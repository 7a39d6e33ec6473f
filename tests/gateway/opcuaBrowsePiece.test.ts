import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parsePlant } from "#shared/plant/load.ts";
import { type Piece, plantPiece } from "../../gateway/browse/plantPiece.ts";
import { proposeStates } from "../../gateway/browse/stateProposal.ts";
import type { Found } from "../../gateway/browse/tagEntry.ts";
import { tagIdsFor } from "../../gateway/browse/tagIds.ts";
import type { VariableFacts } from "../../gateway/drivers/opcua/browse/facts.ts";

const facts: VariableFacts = {
  dataType: "Double",
  builtIn: "Double",
  isArray: false,
  readable: true,
  historised: false,
  unit: undefined,
  range: undefined,
  precision: undefined,
  texts: undefined,
  reading: undefined,
};

interface Named {
  readonly browseName: string;
  readonly path: string;
  readonly id: string;
  readonly displayName: { readonly text: string; readonly locale: string };
}

const found = (named: Named, more: Partial<VariableFacts> = {}): Found =>
  ({ node: { ...named, kind: "variable" }, facts: { ...facts, ...more } }) as unknown as Found;

const pieceOf = (variables: readonly Found[]): Piece =>
  plantPiece(variables, {
    device: {
      id: "d",
      gateway: "g",
      protocol: "opcua",
      connection: { endpoint: "opc.tcp://h:4840", security: "none" },
    },
    ids: { device: "d", gateway: "g", line: "l", equipment: "e" },
    whole: true,
    header: [],
  });

/** Letters of an id, of China, of other scripts, of YAML, of a terminal. */
const text = fc.oneof(
  fc.string({ unit: fc.constantFrom(..."aB9-_ .温度é:#{}[]\"'|>&*!%@`,\n\t\\$\u2028\u0085") }),
  fc.string({ unit: "grapheme" }),
  // biome-ignore lint/suspicious/noTemplateCurlyInString: what a plant file would take from the environment.
  fc.constantFrom("${HOME}", "$${X:1}", "null", "true", "- id: x", "# y", "\n        - { id: evil }"),
);
const named = fc.record({
  browseName: text,
  path: fc.array(text, { minLength: 1, maxLength: 3 }).map((names) => names.join("/")),
  id: text.map((name) => `nsu=urn:x;s=n${name.trim()}`),
  displayName: fc.record({ text, locale: fc.constantFrom("", "en", "zh-CN") }),
});

describe("whatever a server calls its nodes", () => {
  test("the piece passes the check, and names and node ids come back as they are", () => {
    fc.assert(
      fc.property(fc.array(named, { maxLength: 6 }), (names) => {
        const { plant, problems } = parsePlant(pieceOf(names.map((one) => found(one))).text, "piece", {});
        // A node id with a line break is none in the plant model.
        const isPlain = names.every(({ id }) => !/[\n\r\u2028\u2029]/.test(id));
        if (isPlain) expect(problems).toEqual([]);
        const tags = plant?.lines[0]?.equipment[0]?.tags ?? [];
        if (plant) expect(tags.map(({ address }) => address.node)).toEqual(names.map(({ id }) => id));
        if (plant) expect(tags.map(({ name }) => name.zh)).toEqual(names.map(nameOf));
      }),
      { numRuns: 300 },
    );
  });

  test("ids have the form of an id and differ in more than capitals", () => {
    fc.assert(
      fc.property(fc.array(named, { maxLength: 20 }), (names) => {
        const ids = tagIdsFor(names);
        for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/);
        expect(new Set(ids.map((id) => id.toLowerCase())).size).toBe(names.length);
      }),
      { numRuns: 300 },
    );
  });
});

const nameOf = ({ displayName, browseName, id }: Named): string => displayName.text.trim() || browseName.trim() || id;

describe("ids", () => {
  const variable = (path: string, id: string) => ({ path, id, browseName: path.split("/").at(-1) ?? "" });

  test.each<[string, readonly (readonly [path: string, id: string])[], readonly string[]]>([
    ["the browse name", [["Plant/Oven/Temp 1", "i=1"]], ["Temp-1"]],
    [
      "with the parent where it is taken",
      [
        ["A/Temp", "i=1"],
        ["B/temp", "i=2"],
      ],
      ["Temp", "B-temp"],
    ],
    [
      "numbered where that is taken too",
      [
        ["A/T", "i=1"],
        ["A/T", "i=1"],
        ["A/T", "i=1"],
      ],
      ["T", "A-T", "i-1"],
    ],
    [
      "the node id where letters would be lost",
      [
        ["线/温度", "nsu=urn:x;s=Line.T1"],
        ["线/温度2", "nsu=urn:x;i=7"],
      ],
      ["Line-T1", "i-7"],
    ],
    [
      "what is left where the node id is foreign too",
      [
        ["线/温度2", "nsu=urn:x;s=温度2"],
        ["线/温度", "nsu=urn:x;s=温"],
      ],
      ["2", "tag-2"],
    ],
    ["cut to its length", [[`${"x".repeat(80)}`, "i=1"]], ["x".repeat(63)]],
  ])("%s", (_, variables, ids) => {
    expect(tagIdsFor(variables.map(([path, id]) => variable(path, id)))).toEqual(ids);
  });
});

test("digits: of the precision, else a thousandth of the range", () => {
  const digits = (more: Partial<VariableFacts>) => {
    const one = found({ browseName: "x", path: "x", id: "i=1", displayName: { text: "x", locale: "" } }, more);
    return parsePlant(pieceOf([one]).text, "piece", {}).plant?.lines[0]?.equipment[0]?.tags[0]?.decimals;
  };
  expect(digits({ precision: 4, range: [0, 100] })).toBe(4);
  expect(digits({ precision: 12 })).toBe(6);
  expect(digits({ range: [0, 100] })).toBe(1);
  expect(digits({ range: [-50, 150] })).toBe(1);
  expect(digits({ range: [0, 5_000] })).toBe(0);
  expect(digits({ range: [0, 0.01] })).toBe(5);
  expect(digits({})).toBe(2);
  expect(digits({ builtIn: "Int32", range: [0, 10] })).toBe(0);
});

test("states by the words of several makers; a word that says nothing is unknown", () => {
  const texts = [
    "Idle",
    "running",
    "FAULT",
    "Maintenance",
    "manual",
    "off",
    "故障",
    "运行中",
    "待机",
    "清洗",
    "moonlight",
  ];
  expect(Object.values(proposeStates(Object.fromEntries(texts.entries())))).toEqual([
    "SBY",
    "PRD",
    "UDT",
    "SDT",
    "ENG",
    "NST",
    "UDT",
    "PRD",
    "SBY",
    "SDT",
    "UNK",
  ]);
});
