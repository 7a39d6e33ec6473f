import fc from "fast-check";
import { expect, test } from "vitest";
import { stringify } from "yaml";
import { csvCell, readCsv } from "#shared/kit/csv.ts";
import { flow } from "#shared/kit/flowYaml.ts";
import { parsePlant } from "#shared/plant/load.ts";
import { formatProblem } from "#shared/plant/problem.ts";
import { afterImport, exported, imported, outcome } from "./tagTable.ts";

/** Text that spreadsheets, YAML and CSV have opinions on. */
const text = fc
  .oneof(
    fc.string({ unit: fc.constantFrom(..."aZ09中文，\"',;:#=+-@{}[]&*!|>%$ \t\n"), minLength: 1, maxLength: 8 }),
    fc.constantFrom(
      "true",
      "null",
      "~",
      "1-2",
      "MAR1",
      "0012",
      "1E5",
      "=1+1",
      "'",
      "#REF!",
      "1月2日",
      "Jan-02",
      "2-Jan",
      "Aaa-0",
      "####",
      "2.03E+11",
      "2027/3/31",
      "yes",
    ),
  )
  .filter((value) => !value.includes("$"));
const id = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_-]{0,6}$/);
const number = fc
  .oneof(fc.integer({ min: -1e6, max: 1e6 }), fc.double({ min: -1e9, max: 1e9, noNaN: true }))
  .map((n) => n + 0);
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const band = fc.tuple(number, fc.double({ min: 1e-3, max: 1e6, noNaN: true })).map(([low, wide]) => [low, low + wide]);

/** A tag with keys at random; each has registers of its own, so that none overlap. */
const tagFor = (device: "plc" | "meter") =>
  fc.record({
    id,
    name: fc.record({ zh: text, en: optional(text) }),
    device: fc.constant(device),
    unit: optional(fc.constantFrom("Cel", "kPa", "%", "1", "[pH]", "m3{normal}/h")),
    type: optional(fc.constantFrom("float", "int")),
    scale: optional(fc.record({ factor: number.filter((n) => n !== 0), offset: optional(number) })),
    range: optional(band),
    invalid: optional(fc.array(fc.integer({ min: 0, max: 65_535 }), { minLength: 1, maxLength: 3 })),
    decimals: optional(fc.integer({ min: 0, max: 6 })),
    minIntervalMs: optional(fc.integer({ min: 0, max: 500 })),
    periodMs: optional(fc.integer({ min: 50, max: 900 })),
    heartbeatMs: optional(fc.integer({ min: 1_000, max: 9_000 })),
    report: optional(fc.constantFrom("change", "every")),
    calibration: optional(fc.record({ due: fc.constantFrom("2027-03-31", "2028-12-01"), certificate: optional(text) })),
    key: optional(fc.boolean()),
  });

const kinds = fc.constantFrom("written out", "of a template");
const plants = fc
  .tuple(
    fc.uniqueArray(tagFor("meter"), { maxLength: 5, selector: (tag) => tag.id.toLowerCase() }),
    fc.uniqueArray(tagFor("plc"), { maxLength: 2, selector: (tag) => tag.id.toLowerCase() }),
    kinds,
    fc.boolean(),
  )
  .map(([meter, plc, kind, isFlow]) => {
    const addressed = meter.map((tag, i) => ({
      ...tag,
      address:
        i % 2
          ? { modicon: `4${String(i * 2 + 1).padStart(4, "0")}`, format: "float32" }
          : { table: "input", register: i, format: "uint16" },
    }));
    const others = plc.map((tag, i) => ({
      ...tag,
      address: { node: `nsu=urn:x;s=${tag.name.zh.replace(/\n/g, "")}.${i}` },
    }));
    const template = { id: "kind", protocol: "modbus", tags: addressed.map(({ device: _device, ...tag }) => tag) };
    const ofTemplate = kind === "of a template" ? { tags: [], tagsFrom: [{ device: "meter" }] } : { tags: addressed };
    const plant = {
      platform: { id: "p", name: { zh: "平台" } },
      gateways: [{ id: "g" }],
      ...(kind === "of a template" ? { templates: [template] } : {}),
      devices: [
        { id: "plc", gateway: "g", protocol: "opcua", connection: { endpoint: "opc.tcp://a:1", security: "none" } },
        {
          id: "meter",
          gateway: "g",
          protocol: "modbus",
          connection: { host: "a" },
          ...(kind === "of a template" ? { template: "kind" } : {}),
        },
      ],
      lines: [
        {
          id: "l",
          name: { zh: "线" },
          equipment: [
            { id: "e", name: { zh: "设备" }, kind: "k", ...ofTemplate },
            { id: "f", name: { zh: "设备" }, kind: "k", tags: others },
          ],
        },
      ],
    };
    const file = isFlow ? flow(JSON.parse(JSON.stringify(plant))) : stringify(plant, { lineWidth: 60 });
    return { file, tags: meter.length, isTemplate: kind === "of a template" };
  });

const checked = (file: string) => parsePlant(file, "plant.yaml", {}).problems.map(formatProblem);

test("whatever a valid plant holds: the exported table changes nothing, however it is saved", () => {
  fc.assert(
    fc.property(plants, fc.constantFrom(",", ";", "\t"), fc.boolean(), ({ file }, separator, isUnix) => {
      fc.pre(checked(file).length === 0);
      for (const device of ["plc", "meter"]) {
        const table = exported(file, device);
        const quote = (cell: string) => (cell === "" ? "" : `"${cell.replaceAll('"', '""')}"`);
        const saved = readCsv(table, ",").rows.map(({ cells }) => cells.map(quote).join(separator));
        expect(outcome({ text: file, device, table })).toEqual(["no changes"]);
        expect(outcome({ text: file, device, table: saved.join(isUnix ? "\n" : "\r\n") })).toEqual(["no changes"]);
      }
    }),
    { numRuns: 60 },
  );
});

test("a plant can be made from its own tables: what is imported is what was exported", () => {
  fc.assert(
    fc.property(plants, ({ file, tags, isTemplate }) => {
      fc.pre(checked(file).length === 0 && tags > 0 && !isTemplate);
      const table = exported(file, "meter");
      const removed = afterImport({
        text: file,
        device: "meter",
        table: table.split("\r\n", 1)[0] ?? "",
        remove: true,
      });
      expect(removed).not.toBe(file);
      const again = afterImport({ text: removed, device: "meter", table });
      const plantOf = (of: string) => {
        const { plant } = parsePlant(of, "plant.yaml", {});
        return plant?.lines[0]?.equipment[0]?.tags;
      };
      expect(plantOf(again)).toEqual(plantOf(file));
      expect(exported(again, "plc")).toBe(exported(file, "plc"));
    }),
    { numRuns: 40 },
  );
});

const cells = {
  unit: fc.constantFrom("", "Cel", "kPa", "%"),
  "name.zh": text.map((value) => `'${value}`),
  "name.en": fc.oneof(
    fc.constant(""),
    text.map((value) => `'${value}`),
  ),
  "scale.factor": fc.constantFrom("", "1", "0.1", "-2.5E-03"),
  "scale.offset": fc.constantFrom("", "0", "12"),
  decimals: fc.constantFrom("", "2", "3"),
  heartbeatMs: fc.constantFrom("", "10000", "5000"),
  report: fc.constantFrom("", "change", "every"),
  key: fc.constantFrom("", "TRUE", "false"),
  invalid: fc.constantFrom("", "1", "32768 65535"),
};

test("cells changed at random are in the plant afterwards, or refused; nothing else is changed", () => {
  let written = 0;
  const changes = fc.array(
    fc.tuple(
      fc.nat(4),
      fc
        .constantFrom(...(Object.keys(cells) as (keyof typeof cells)[]))
        .chain((title) => fc.tuple(fc.constant(title), cells[title])),
    ),
    { minLength: 1, maxLength: 6 },
  );
  fc.assert(
    fc.property(plants, changes, ({ file }, some) => {
      fc.pre(checked(file).length === 0);
      const { rows } = readCsv(exported(file, "meter"), ",");
      const table = rows.map(({ cells: row }) => [...row]);
      for (const [tag, [title, cell]] of some) {
        const row = table[2 + tag];
        if (row) row[table[0]?.indexOf(title) ?? 0] = cell;
      }
      const given = { text: file, device: "meter", table: table.map((row) => row.map(csvCell).join(",")).join("\r\n") };
      const { problems, text: after, plan } = imported(given);
      if (problems.length > 0) {
        // What a template gives cannot be taken away; every other change is possible.
        expect(problems.filter(({ what }) => !/but template `kind` gives/.test(what))).toEqual([]);
        return;
      }
      if (plan.changed.length > 0) written++;
      expect(checked(after)).toEqual([]);
      expect(outcome({ ...given, text: after })).toEqual(["no changes"]);
      expect(exported(after, "plc")).toBe(exported(file, "plc"));
    }),
    { numRuns: 120 },
  );
  expect(written).toBeGreaterThan(20);
});

test("a thousand tags come in at once, and come in again without a change", () => {
  const file = stringify({
    platform: { id: "p", name: { zh: "平台" } },
    gateways: [{ id: "g" }],
    devices: [{ id: "meter", gateway: "g", protocol: "modbus", connection: { host: "a" } }],
    lines: [{ id: "l", name: { zh: "线" }, equipment: [{ id: "e", name: { zh: "设备" }, kind: "k", tags: [] }] }],
  });
  const rows = Array.from({ length: 1_000 }, (_, i) => `l,e,t${i},位号 ${i},holding,${i * 2},float32,kPa,0.1`);
  const titles = "line,equipment,id,name.zh,address.table,address.register,address.format,unit,deadband";
  const table = [titles, ...rows].join("\n");
  const after = afterImport({ text: file, device: "meter", table });
  expect(after.match(/- \{ id: t\d+, name/g)).toHaveLength(1_000);
  expect(outcome({ text: after, device: "meter", table })).toEqual(["no changes"]);
});
