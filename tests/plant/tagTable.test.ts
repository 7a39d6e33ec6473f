// biome-ignore-all lint/suspicious/noTemplateCurlyInString: plant files write variables like that
import { describe, expect, test } from "vitest";
import { byteOrderMark } from "#shared/kit/csv.ts";
import { protocolNames, protocols } from "#shared/plant/protocols/registry.ts";
import { TagSchema } from "#shared/plant/tagSchema.ts";
import { exportTable } from "#shared/plant/tagTable/exportTable.ts";
import { fieldsOf } from "#shared/plant/tagTable/fields.ts";
import { readPlantRows } from "#shared/plant/tagTable/plantRows.ts";
import { chineseTitles, placeTitles } from "#shared/plant/tagTable/titles.ts";
import { goodCase } from "./cases.ts";
import { afterImport, exported, outcome, tableOf, withCell } from "./tagTable.ts";

const small = goodCase("small");
const row = { line: "coating", equipment: "oven" };
const energy = { ...row, id: "energy" };

describe("columns", () => {
  test.each(protocolNames)("every key of a tag and of an address of %s has one", (protocol) => {
    const keys = new Set(fieldsOf(protocol).map(({ path }) => path[0]));
    expect([...keys].toSorted()).toEqual(
      Object.keys(TagSchema.properties)
        .filter((key) => key !== "id" && key !== "device")
        .toSorted(),
    );
    const addresses = fieldsOf(protocol).flatMap(({ path }) => (path[0] === "address" ? path.slice(1) : []));
    expect(addresses).toEqual(Object.keys(protocols[protocol].address.properties));
  });

  test("the table begins with the mark of UTF-8, the titles and their Chinese names", () => {
    const text = exportTable(
      readPlantRows(small, "plant.yaml", {}, () => ""),
      "meter",
    );
    expect(text.startsWith(byteOrderMark)).toBe(true);
    const [titles = "", chinese = "", first = "", ...rest] = text.slice(1).split("\r\n");
    expect(titles.split(",").slice(0, 6)).toEqual([...placeTitles, "name.zh", "name.en"]);
    expect(titles).toContain("address.table,address.register,");
    expect(titles).toContain("range.low,range.high");
    expect(chinese.split(",").slice(0, 5)).toEqual(["# 产线", "设备", "模板（只读）", "位号", "中文名"]);
    expect(first).toMatch(/^coating,oven,,energy,电能,Energy,holding,100,,float64,/);
    expect(rest).toEqual([""]);
  });

  test("a Chinese name stands only under a title that there is", () => {
    const titles = new Set([
      ...placeTitles,
      ...protocolNames.flatMap((name) => fieldsOf(name).flatMap((f) => f.titles)),
    ]);
    expect(Object.keys(chineseTitles).filter((title) => !titles.has(title))).toEqual([]);
  });
});

describe("what an import says", () => {
  const power = {
    ...row,
    id: "power",
    "name.zh": "功率",
    "address.table": "holding",
    "address.register": "104",
    "address.format": "float32",
    unit: "kW",
  };
  const given = (...rows: Record<string, string>[]) => ({ text: small, device: "meter", table: tableOf(...rows) });

  test("the table as it was exported changes nothing", () => {
    expect(outcome({ text: small, device: "meter", table: exported(small, "meter") })).toEqual(["no changes"]);
    expect(outcome({ text: small, device: "plc", table: exported(small, "plc") })).toEqual(["no changes"]);
  });

  test("what is added, and what is changed with old and new value; columns that are not there stay as they are", () => {
    const change = { ...energy, "name.zh": "电能", unit: "MW.h", "range.low": "0", "range.high": "9" };
    expect(outcome(given({ ...power, "range.low": "", "range.high": "" }))[0]).toBe("+ coating/oven/power");
    expect(outcome(given({ ...change, decimals: "2" }))).toEqual([
      "~ coating/oven/energy",
      "    unit: kW.h → MW.h",
      "    range: (none) → [0, 9]",
      "1 changed",
    ]);
  });

  test("tags that the table does not name are kept, or removed where that is asked for", () => {
    const kept = { text: small.replace(/^ {8}energyMeter.*\n/m, ""), device: "meter", table: tableOf(power) };
    expect(outcome(kept)).toEqual([
      "+ coating/oven/power",
      "  coating/oven/energy",
      "1 added, 1 not in the table and kept (--remove removes them)",
    ]);
    expect(outcome({ ...kept, remove: true })).toEqual([
      "+ coating/oven/power",
      "- coating/oven/energy",
      "1 added, 1 removed",
    ]);
  });

  test("a plant that would not pass the check is refused, with its own place where no row is to blame", () => {
    expect(outcome({ ...given(power), remove: true })).toEqual([
      "plant.yaml (with the table imported):28:22: lines[0].equipment[0].energyMeter: equipment `oven` has no tag `energy`; its tags: `temperature`, `mode`, `power`.",
    ]);
  });

  test("a plant file that has mistakes already is not touched", () => {
    const text = small.replace("unit: kW.h", "unit: kWh");
    expect(outcome({ text, device: "meter", table: tableOf(power) })).toEqual([
      "plant.yaml:45:19: lines[0].equipment[0].tags[2].unit: `kWh` is no unit of UCUM; write `kW.h`.",
    ]);
  });

  test("every mistake at once, each at its cell: types, units, references, addresses, days", () => {
    const table = tableOf(
      { ...power, unit: "kWh", deadband: "much", key: "yes" },
      { ...power, id: "current", "address.format": "float33", unit: "A", "calibration.due": "2027-02-30" },
      { ...power, id: "voltage", "address.format": "", "range.low": "5", "range.high": "" },
      { ...power, line: "coatng" },
      { ...power, equipment: "ovn" },
      { ...power, id: "temperature" },
      { ...power, id: "current" },
      { ...power, id: "", unit: "V" },
    );
    const said = outcome({ text: small, device: "meter", table });
    expect(said.map((line) => line.slice(0, 75))).toEqual([
      "t.csv:2:8: unit: `kWh` is no unit of UCUM; write `kW.h`.",
      "t.csv:2:9: deadband: must be a number of at least 0, is `much`; expected: A",
      "t.csv:2:10: key: must be true or false, is `yes`; expected: Shown on the li",
      "t.csv:3:7: address.format: unknown value `float33`; did you mean `float32`?",
      "t.csv:3:11: calibration.due: `2027-02-30` is no day of the calendar; write ",
      "t.csv:4:5: address.table: holding 104 (bit) overlaps holding 104–105 (float",
      "t.csv:4:7: address.format: key `format` is missing for table `holding`; say",
      "t.csv:4:13: range.high: is empty, but the low end is not; fill in both ends",
      "t.csv:5:1: line: line `coatng` does not exist; did you mean `coating`?",
      "t.csv:6:2: equipment: line `coating` has no equipment `ovn`; did you mean `",
      "t.csv:7:3: id: `coating/oven/temperature` is a tag of device `plc`; choose ",
      "t.csv:8:3: id: `coating/oven/current` stands in line 3 too; keep one of the",
      "t.csv:9:3: id: is empty; fill it in, or empty the whole row.",
    ]);
    expect(said[5]).toContain("of `coating/oven/power`");
  });
});

describe("titles", () => {
  const said = (table: string) => outcome({ text: small, device: "meter", table });

  test.each([
    ["unknown", "line,equipment,id,unti\n", "t.csv:1:4: unti: there is no column `unti`; did you mean `unit`?"],
    ["of another protocol", "line,equipment,id,address.node\n", /^t\.csv:1:4: address\.node: there is no column/],
    ["twice", "line,equipment,id,unit,unit\n", "t.csv:1:5: unit: there are two columns `unit`; remove one of the two."],
    ["missing", "line,equipment,unit\n", "t.csv:1:1: id: column `id` is missing; take the titles of an exported file."],
    [
      "half a band",
      "line,equipment,id,range.low\n",
      "t.csv:1:1: range.high: column `range.high` is missing; range.low and range.high belong together.",
    ],
    ["an empty file", "", /^t\.csv:1:1: line: column `line` is missing/],
  ])("%s", (_, table, expected) => {
    const [first = ""] = said(table);
    if (typeof expected === "string") expect(first).toBe(expected);
    else expect(first).toMatch(expected);
  });

  test("comments, empty rows and empty columns behind the last are passed over", () => {
    expect(said("line,equipment,id,,\n# 产线,设备,位号,,\n,,,,\ncoating,oven,energy,,\n# note\n")).toEqual([
      "no changes",
    ]);
  });

  test("a row that is wider than the titles, and a quote that is never closed", () => {
    expect(said("line,equipment,id\ncoating,oven,energy,7\n")).toEqual([
      "t.csv:2:4: table: the row has more cells than there are titles; put cells that hold the separator in quotes.",
    ]);
    expect(said('line,equipment,id\ncoating,oven,"energy\n')[0]).toBe(
      "t.csv:2:1: table: a quote is never closed; close it, or double it inside a cell.",
    );
  });
});

describe("what Excel and WPS make of a table", () => {
  const modicon = small.replace("table: holding, register: 100,", "modicon: 40101,");
  const table = exported(modicon, "meter");
  const bytes = (text: string) => new TextEncoder().encode(text);
  /** GB 18030 of the characters that the table has; Node only decodes it. */
  function gb18030(text: string): Uint8Array {
    const decoder = new TextDecoder("gb18030");
    const codes = new Map<string, [number, number]>();
    for (let a = 0x81; a <= 0xfe; a++) {
      for (let b = 0x40; b <= 0xfe; b++) codes.set(decoder.decode(Uint8Array.of(a, b)), [a, b]);
    }
    return Uint8Array.from(
      [...text].flatMap((c) => (c.charCodeAt(0) < 0x80 ? [c.charCodeAt(0)] : (codes.get(c) ?? []))),
    );
  }
  const utf16 = (text: string) => new Uint8Array(Buffer.from(`\uFEFF${text}`, "utf16le"));
  const quoted = table.replaceAll(/[^,\r\n]+/g, (cell) => `"${cell}"`);

  test.each([
    ["semicolons", bytes(table.replaceAll(",", ";"))],
    ["tabs", bytes(table.replaceAll(",", "\t"))],
    ["Unix lines", bytes(table.replaceAll("\r\n", "\n"))],
    ["the mark of UTF-8", bytes(byteOrderMark + table)],
    ["quotes around every cell", bytes(quoted)],
    ["the Chinese code page", gb18030(table)],
    ["Unicode text", utf16(table.replaceAll(",", "\t"))],
    ["capitals", bytes(withCell(table, "energy", "key", "FALSE"))],
    ["numbers with an exponent", bytes(withCell(table, "energy", "heartbeatMs", "1.00E+04"))],
  ])("%s mean the same", (_, content) => {
    expect(outcome({ text: modicon, device: "meter", table: content })).toEqual(["no changes"]);
  });

  test.each(["2027/3/31", "2027-3-31", "2027.03.31", "2027年3月31日", "2027/3/31 0:00", "2027-03-31"])(
    "the day %s",
    (day) => {
      const changed = withCell(table, "energy", "calibration.due", day);
      expect(outcome({ text: modicon, device: "meter", table: changed })).toContain(
        "    calibration.due: (none) → 2027-03-31",
      );
    },
  );

  test.each([
    ["a decimal comma", "deadband", '"1,5"', /deadband: `1,5` may be a decimal comma or a thousands separator/],
    ["a column that is too narrow", "deadband", "#####", /deadband: `#####` is what a spreadsheet shows of a value/],
    ["an error of a formula", "unit", "#NAME?", /unit: `#NAME\?` is what a spreadsheet shows/],
    [
      "text as a number",
      "calibration.certificate",
      "2.03E+11",
      /certificate: `2\.03E\+11` was text until a spreadsheet made it a number/,
    ],
    [
      "text as a date",
      "calibration.certificate",
      "1月2日",
      /certificate: `1月2日` was text until a spreadsheet made it a date/,
    ],
    ["a day in another order", "calibration.due", "3/31/2027", /due: `3\/31\/2027` does not have the form/],
    ["lost zeros", "address.modicon", "101", /modicon: `101` has lost its leading zeros; write '00101/],
    ["no number", "deadband", "１", /deadband: must be a number of at least 0, is `１`/],
  ])("%s is refused with a remedy", (_, title, cell, expected) => {
    const said = outcome({ text: modicon, device: "meter", table: withCell(table, "energy", title, cell) });
    expect(said).toEqual([expect.stringMatching(expected)]);
    expect(said[0]).toMatch(/^t\.csv:3:\d+: /);
  });

  test("a coil's number that becomes a discrete input's without its zero", () => {
    const text = modicon
      .replace("modicon: 40101, format: float64", 'modicon: "012345"')
      .replace("unit: kW.h", "type: bool")
      .replace(/^ {8}energyMeter.*\n/m, "");
    expect(exported(text, "meter")).toContain(",'012345,");
    const lost = exported(text, "meter").replace("'012345", "12345");
    expect(outcome({ text, device: "meter", table: lost })).toEqual([
      "t.csv:3:9: address.modicon: `12345` has lost the leading zero of `012345`; write '012345 with the apostrophe; if the change is meant, make it in the plant file.",
    ]);
  });

  test("an id that was digits", () => {
    const text = small.replace("id: energy", 'id: "007"').replace("energyMeter: energy", 'energyMeter: "007"');
    expect(exported(text, "meter")).toContain(",'007,");
    expect(outcome({ text, device: "meter", table: exported(text, "meter").replace("'007", "7") })).toEqual([
      "t.csv:3:4: id: `7` has lost the leading zeros of `007`; write '007 with the apostrophe.",
    ]);
  });

  test('an apostrophe and ="…" stand for the text itself', () => {
    const due = withCell(table, "energy", "calibration.due", "2027-03-31");
    for (const written of ["'00123", '"=""00123"""']) {
      const certified = withCell(due, "energy", "calibration.certificate", written);
      const line = "    calibration.certificate: (none) → 00123";
      expect(outcome({ text: modicon, device: "meter", table: certified })).toContain(line);
    }
  });

  test.each([
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2",
    "@SUM(A1)",
    "'quoted",
    "1-2",
    "MAR1",
    "TRUE",
    "0012",
    " wide ",
    "1E5",
    "#REF!",
  ])("%s is exported so that no spreadsheet runs or changes it, and comes back", (name) => {
    const text = small.replace("zh: 电能", () => `zh: ${JSON.stringify(name)}`);
    const out = exported(text, "meter");
    expect(out).toContain(`,'${name},`);
    expect(outcome({ text, device: "meter", table: out })).toEqual(["no changes"]);
  });
});

test("values from the environment are exported and imported as they are written", () => {
  const text = small.replace("unit: kW.h", 'unit: kW.h\n            deadband: "${DEADBAND:0.5}"');
  expect(exported(text, "meter")).toContain("${DEADBAND:0.5}");
  expect(outcome({ text, device: "meter", table: exported(text, "meter") })).toEqual(["no changes"]);
  const changed = afterImport({ text, device: "meter", table: tableOf({ ...energy, deadband: "1" }) });
  expect(changed).toBe(text.replace('"${DEADBAND:0.5}"', "1"));
});
