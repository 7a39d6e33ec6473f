import { describe, expect, test } from "vitest";
import { goodCase } from "./cases.ts";
import { afterImport, exported, outcome, tableOf, withCell } from "./tagTable.ts";

const tags = (text: string) => `# The plant of somebody who likes comments.
platform: { id: demo,   name: { zh: 平台 } }   # odd blanks stay
gateways: [{ id: edge }]
devices:
  - { id: m, gateway: edge, protocol: modbus, connection: { host: a } }
lines:
  - id: l
    name: { zh: 线 }
    equipment:
      - id: e
        name: { zh: 设备 }
        kind: k
${text}        # after the tags
    # the end
`;

const flowTags = `        tags:
          # first
          - { id: a, name: { zh: 甲 },  device: m, address: { table: input, register: 0, format: int16 }, unit: kPa }  # of a
          - { id: b, name: { zh: 乙 }, device: m, address: { table: input, register: 1, format: int16 }, range: [0, 10] } # of b
          # last
`;
const blockTags = `        tags:
          # first
          - id: a # the id
            name:
              zh: 甲 # its name
              en: A
            device: m
            address:
              table: input
              register: 0
              format: int16
            range:
              - 0
              - 10

            unit: kPa # of a
          - deadband: 1
            id: b
            name: { zh: 乙 }
            device: m
            address: { table: input,
                       register: 1,   # second
                       format: int16 }
          # last
`;
const row = { line: "l", equipment: "e" };
const c = {
  ...row,
  id: "c",
  "name.zh": "丙",
  "address.table": "input",
  "address.register": "2",
  "address.format": "int16",
  "scale.factor": "0.1",
  "scale.offset": "",
  key: "TRUE",
};

/** Lines that went and lines that came. */
function changes(before: string, after: string): { gone: readonly string[]; come: readonly string[] } {
  const [old, now] = [before.split("\n"), after.split("\n")];
  const left = (some: readonly string[], others: readonly string[]) => {
    const rest = [...others];
    return some.filter((line) => {
      const at = rest.indexOf(line);
      if (at !== -1) rest.splice(at, 1);
      return at === -1;
    });
  };
  return { gone: left(old, now).map((line) => line.trim()), come: left(now, old).map((line) => line.trim()) };
}

/** The changed lines, once the import has been seen to leave nothing to change. */
function edited(text: string, table: string, remove = false) {
  const given = { text, device: "m", table, remove };
  const after = afterImport(given);
  expect(outcome({ ...given, text: after }).at(-1)).toMatch(/^no changes$|^\d+ not in the table/);
  return changes(text, after);
}

describe.each([
  ["Unix lines", (text: string) => text],
  ["Windows lines", (text: string) => text.replaceAll("\n", "\r\n")],
])("%s", (_, lines) => {
  const flow = lines(tags(flowTags));
  const block = lines(tags(blockTags));
  const cr = lines("\n").replace("\n", "");

  test("a value in a flow tag", () => {
    expect(edited(flow, tableOf({ ...row, id: "a", unit: "MPa", "name.zh": "甲: 1" }))).toEqual({
      gone: [
        "- { id: a, name: { zh: 甲 },  device: m, address: { table: input, register: 0, format: int16 }, unit: kPa }  # of a",
      ],
      come: [
        '- { id: a, name: { zh: "甲: 1" },  device: m, address: { table: input, register: 0, format: int16 }, unit: MPa }  # of a',
      ],
    });
  });

  test("keys that come and go in a flow tag", () => {
    const table = tableOf(
      { ...row, id: "a", unit: "", "range.low": "-1", "range.high": "1.5", "name.en": "A" },
      { ...row, id: "b", unit: "kPa", "range.low": "", "range.high": "", "name.en": "" },
    );
    expect(edited(flow, table).come).toEqual([
      "- { id: a, name: { zh: 甲, en: A },  device: m, address: { table: input, register: 0, format: int16 }, range: [-1, 1.5] }  # of a",
      "- { id: b, name: { zh: 乙 }, device: m, address: { table: input, register: 1, format: int16 }, unit: kPa } # of b",
    ]);
  });

  test("an address that is written in another way", () => {
    const table = tableOf({ ...row, id: "a", "address.table": "", "address.register": "", "address.modicon": "30001" });
    expect(edited(flow, table).come[0]).toContain('address: { format: int16, modicon: "30001" }');
    expect(edited(block, table)).toEqual({
      gone: ["table: input", "register: 0"],
      come: ['modicon: "30001"'],
    });
  });

  test("values and keys in a block tag", () => {
    const table = tableOf({
      ...row,
      id: "a",
      unit: "MPa",
      "name.en": "",
      "range.low": "0",
      "range.high": "20",
      key: "true",
    });
    expect(edited(block, table)).toEqual({
      gone: ["en: A", "range:", "- 0", "- 10", "unit: kPa # of a"],
      come: ["range: [0, 20]", "unit: MPa # of a", "key: true"],
    });
    expect(edited(block, tableOf({ ...row, id: "a", "range.low": "", "range.high": "" }))).toEqual({
      gone: ["range:", "- 0", "- 10"],
      come: [],
    });
  });

  test("a first key behind the dash, and an address over several lines", () => {
    const table = tableOf({ ...row, id: "b", deadband: "", "address.register": "7", "address.byteOrder": "CDAB" });
    const { gone, come } = edited(block, table);
    expect(gone).toEqual(["- deadband: 1", "id: b", "register: 1,   # second", "format: int16 }"]);
    expect(come).toEqual(["- id: b", "register: 7,   # second", "format: int16, byteOrder: CDAB }"]);
  });

  test("tags that come and go", () => {
    const added =
      "- { id: c, name: { zh: 丙 }, device: m, address: { table: input, register: 2, format: int16 }, scale: { factor: 0.1 }, key: true }";
    for (const text of [flow, block]) expect(edited(text, tableOf(c))).toEqual({ gone: [], come: [added] });
    const only = (text: string, id: string) => exported(text, "m").replace(new RegExp(`l,e,,${id},.*\r\n`), "");
    expect(edited(flow, only(flow, "a"), true).gone).toEqual([expect.stringMatching(/^- \{ id: a,/)]);
    expect(edited(block, only(block, "b"), true).gone).toHaveLength(7);
    expect(edited(block, only(block, "a"), true).gone).toHaveLength(14);
    expect(edited(flow, tableOf(c), true)).toMatchObject({ come: [added] });
    expect(edited(flow, "line,equipment,id\r\n", true).come).toEqual(["tags: [] # of b"]);
  });

  test("into an equipment without tags", () => {
    for (const none of ["        tags: [] # none yet\n", "", "        tags: [\n        ]\n"]) {
      const { come } = edited(lines(tags(none)), tableOf(c));
      expect(come.at(-1)).toMatch(/^- \{ id: c,/);
    }
    const inline = lines(tags("")).replace(
      / {6}- id: e[\s\S]*?kind: k/,
      "      - { id: e, name: { zh: 设备 }, kind: k }",
    );
    expect(edited(inline, tableOf(c)).come[0]).toMatch(/kind: k, tags: \[\{ id: c, .* key: true \}\] \}$/);
  });

  test("every line that is not touched stays, to the byte", () => {
    const after = afterImport({ text: block, device: "m", table: tableOf({ ...row, id: "b", unit: "kPa" }) });
    expect(after.replace(`format: int16 }${cr}\n            unit: kPa`, "format: int16 }")).toBe(block);
  });
});

test("a change that an anchor would carry elsewhere is refused", () => {
  const shared = tags(
    flowTags.replace("name: { zh: 甲 }", "name: &n { zh: 甲 }").replace("name: { zh: 乙 }", "name: *n"),
  );
  const said = outcome({ text: shared, device: "m", table: tableOf({ ...row, id: "a", "name.zh": "丁" }) });
  expect(said).toEqual([
    "plant.yaml:16:13: l/e/b: the file writes the tag in a way that an import cannot change alone (an anchor, an alias); write it out, or make the change by hand.",
  ]);
});

describe("tags of a template", () => {
  const text = goodCase("templates");
  const table = exported(text, "meter-2");
  const given = (changed: string, remove = false) => ({ text, device: "meter-2", table: changed, remove });
  const result = (changed: string, remove = false) => changes(text, afterImport(given(changed, remove)));

  test("say where they come from", () => {
    expect(table).toContain("coating,oven,meter/power,fan-power,");
    expect(table).toContain("coating,dryer,meter/energy,energy,");
    expect(outcome(given(table))).toEqual(["no changes"]);
  });

  test("are changed by an override, and the template stays as it is", () => {
    const changed = withCell(withCell(table, "fan-power", "deadband", "0.1"), "energy", "name.en", "Dryer energy");
    expect(outcome(given(changed))).toEqual([
      "~ coating/oven/fan-power (override of meter/power)",
      "    deadband: (none) → 0.1",
      "~ coating/dryer/energy (override of meter/energy)",
      "    name.en: Energy → Dryer energy",
      "2 changed",
    ]);
    expect(result(changed).come).toEqual([
      "- { device: meter-2, prefix: fan-, only: [power, energy], omit: [energy], override: { power: { unit: W, scale: { factor: 2 }, name: { en: Fan power }, deadband: 0.1 } } }",
      "tagsFrom: [{ device: meter-2, omit: [power], override: { energy: { name: { en: Dryer energy } } } }]",
    ]);
  });

  test("lose an override that says what the template says", () => {
    const changed = withCell(withCell(table, "fan-power", "scale.factor", "1"), "fan-power", "name.en", "Active power");
    expect(result(withCell(changed, "fan-power", "unit", "kW")).come).toEqual([
      "- { device: meter-2, prefix: fan-, only: [power, energy], omit: [energy] }",
    ]);
  });

  test("take a default back by an override, but lose no key of the template", () => {
    const plain = goodCase("templates").replace("meaning: power", "meaning: power, deadband: 0.5");
    const emptied = withCell(exported(plain, "meter-2"), "fan-power", "deadband", "");
    expect(afterImport({ text: plain, device: "meter-2", table: emptied })).toContain(
      "name: { en: Fan power }, deadband: 0 }",
    );
    const ranged = withCell(withCell(table, "fan-power", "range.low", ""), "fan-power", "range.high", "");
    expect(outcome(given(ranged))).toEqual([
      "t.csv:3:20: range.low: is empty, but template `meter` gives `0,50`; an override can change it, not take it away: fill it in, or change the template.",
    ]);
  });

  test("are omitted where they are removed", () => {
    const rest = table.replace(/coating,dryer.*\r\n/, "");
    expect(outcome(given(rest, true))).toEqual(["- coating/dryer/energy (omitted from meter)", "1 removed"]);
    expect(result(rest, true).come).toEqual(["tagsFrom: [{ device: meter-2, omit: [power, energy] }]"]);
  });

  test("are not detached, nor made up", () => {
    expect(outcome(given(withCell(table, "energy", "template", "")))).toEqual([
      "t.csv:4:3: template: the tag comes from `meter/energy`; an import does not take it away from its template: restore the cell.",
    ]);
    expect(outcome(given(table.replace("meter/energy,energy", "meter/energy,energi")))).toEqual([
      "t.csv:4:3: template: there is no tag `energi` that could come from `meter/energy`; did you mean the tag `energy`?",
    ]);
  });

  test("are joined by tags that are written out", () => {
    const more = `${table}${table.split("\r\n")[2]?.replace("meter/power,fan-power", ",spare").replace(",0,,float32", ",90,,float32")}\r\n`;
    expect(result(more).come).toEqual([
      expect.stringMatching(/^- \{ id: spare, name: .*, device: meter-2, .*register: 90/),
    ]);
    expect(outcome({ ...given(more), text: afterImport(given(more)) })).toEqual(["no changes"]);
  });
});
