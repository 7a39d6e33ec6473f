import { unitAtoms, unitPrefixes } from "#shared/model/unitAtoms.ts";
import { quantityKind } from "#shared/model/units.ts";
import { protocolNames, protocols } from "#shared/plant/protocols/registry.ts";
import { PlantSchema } from "#shared/plant/schema.ts";
import { discriminatorOf, expectationOf, type Shape, shapeOf } from "#shared/plant/shape.ts";
import { LocalTextSchema } from "#shared/plant/tagSchema.ts";

interface Section {
  readonly title: string;
  readonly shape: Shape;
}

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("<", "&lt;").replaceAll("\n", " ");

/** Two languages are one table, not one per name. */
const isLocalText = ({ properties }: Shape): boolean =>
  Object.keys(properties ?? {}).join() === Object.keys(LocalTextSchema.properties).join();

/** Keys of a tag again: where they differ from those of a tag, the key above says so. */
const tagLike = new Set(["templates[].tags[]", "lines[].equipment[].tagsFrom[].override"]);

function typeOf(shape: Shape): string {
  if (isLocalText(shape)) return "[text](#text-in-two-languages)";
  if (shape.patternProperties) return "object, any keys";
  if (shape.type === "object") return "object";
  if (shape.type !== "array") return expectationOf(shape);
  const { items = {} } = shape;
  const of = items.type === "object" || items.anyOf ? "objects" : items.enum ? enumText(items.enum) : `${items.type}s`;
  return `${expectationOf(shape)} ${of}`
    .replace(/^(a list)( of at least \d+)? /, "$1$2 of ")
    .replace(/of (\d+) of/, "of $1");
}

const enumText = (values: readonly unknown[]): string => values.map((value) => `\`${value}\``).join(", ");

const defaultOf = ({ default: value }: Shape, needed: boolean): string => {
  if (value === undefined) return needed ? "**needed**" : "–";
  return typeof value === "object" ? "see below" : `\`${value}\``;
};

function tableOf({ properties = {}, required = [] }: Shape): string[] {
  return [
    "| key | value | default | meaning |",
    "|---|---|---|---|",
    ...Object.entries(properties).map(([key, shape]) => {
      const columns = [typeOf(shape), defaultOf(shape, required.includes(key)), shape.description ?? ""];
      return `| \`${key}\` | ${columns.map(cell).join(" | ")} |`;
    }),
  ];
}

/** Objects in the order in which a reader of the file meets them. */
function sectionsOf(shape: Shape, path: string): readonly Section[] {
  if (isLocalText(shape)) return [];
  if (shape.type === "array") return sectionsOf(shape.items ?? {}, `${path}[]`);
  if (path === "lines[].alarms[]") return ruleSections(shape.anyOf ?? [], path);
  if (shape.anyOf) {
    const name = discriminatorOf(shape.anyOf) ?? "";
    return shape.anyOf.flatMap((variant) =>
      sectionsOf(variant, `${path} with ${name}: ${variant.properties?.[name]?.const}`),
    );
  }
  if (!shape.properties || tagLike.has(path)) return [];
  const below = Object.entries(shape.properties).flatMap(([key, value]) =>
    sectionsOf(value, path === "" ? key : `${path.replace(/ with .*: /, " ")}.${key}`),
  );
  return [{ title: path, shape }, ...below];
}

/** Rules of every kind share most keys: these are one table, and each kind has one of its own keys. */
function ruleSections(kinds: readonly Shape[], path: string): readonly Section[] {
  const [first, ...others] = kinds.map(({ properties = {} }) => properties);
  const shared = Object.entries(first ?? {}).filter(([key, shape]) =>
    others.every((keys) => JSON.stringify(keys[key]) === JSON.stringify(shape)),
  );
  const keys = new Set(shared.map(([key]) => key));
  const common: Section = {
    title: path,
    shape: {
      ...kinds[0],
      description: "A condition that asks a person for a response. Every rule has these keys, and those of its `kind`.",
      properties: Object.fromEntries(shared),
    },
  };
  const suppress = shared.flatMap(([key, shape]) => sectionsOf(shape, `${path}.${key}`));
  const own = kinds.map(({ properties = {}, ...kind }): Section => {
    const rest = Object.entries(properties).filter(([key]) => !keys.has(key) && key !== "kind");
    return {
      title: `${path} with kind: ${properties.kind?.const}`,
      shape: { ...kind, properties: Object.fromEntries(rest) },
    };
  });
  return [common, ...suppress, ...own];
}

const head = `# Reference of plant.yaml

Generated from \`shared/plant/schema.ts\` by \`npm run generate\`; a test compares. An editor with a YAML language server
completes and checks the same keys with this as the file's first line:

\`\`\`yaml
# yaml-language-server: $schema=docs/schema/plant.schema.json
\`\`\`

\`npm run pilotline -- check <plant.yaml>\` names every mistake with line, column, key and remedy. Unknown keys are
mistakes. Beyond the tables below it checks references (gateway, device, tag), ids, units, Modbus addresses that overlap,
bands, alarm rules and the time zone. It warns where a rule of high or critical priority lacks its rationalisation. Ids may not differ only in capital letters (Sparkplug).

**Values from the environment.** Any value may hold \`\${NAME}\` or \`\${NAME:default}\`; one that consists of nothing else
may stand for a number or true/false. Inside \`{ … }\` it needs quotes. \`$\${NAME}\` is the text \`\${NAME}\`.

**Templates.** A device kind is described once, under \`templates\` or in a file that \`templateFiles\` names, and used by
a device with \`template: <id>\` (protocol, connection and polling come from there) and by an equipment with
\`tagsFrom: [{ device: <id> }]\` (its tags come from there). A mistake in a template is named at the template, with the
first device that shows it. A gateway that runs looks at plant.yaml alone: save that too when a template file has changed.
Templates to start from lie in \`shared/plant/templates/library/\`:

\`\`\`yaml
templateFiles: [shared/plant/templates/library/energy-meters.yaml]
devices:
  - { id: meter-3, gateway: edge-1, template: meter-float, connection: { host: 10.0.0.13 } }
# and at the equipment:
tagsFrom: [{ device: meter-3, omit: [current], override: { power: { deadband: 0.1 } } }]
\`\`\`

**Alarm templates.** What is the same for every gas detector, reactor or oven zone is described once, under
\`alarmTemplates\`, and used by one line each. \`{value}\` and other words in a template stand for what \`with\` gives:

\`\`\`yaml
templateFiles: [shared/plant/templates/library/alarm-rules.yaml]
# and at the line:
alarmsFrom:
  - { template: gas-detector, id: gas-1, name: { zh: 一号探测器, en: Detector 1 }, with: { value: gas/lel1 } }
  - { template: gas-detector, id: gas-2, name: { zh: 二号探测器, en: Detector 2 }, with: { value: gas/lel2 }, override: { level1: { limit: 20 } } }
\`\`\`

**Tables.** \`npm run pilotline -- tags export <plant.yaml> --device <id> --csv <file>\` writes the tags of a device as CSV
for Excel or WPS; \`tags import\` shows what a changed table would do, with every mistake at its cell, and does it with
\`--write\`. Columns are the keys of a tag below, with a dot between the levels. Text that a spreadsheet would run as a
formula or turn into a number or a date has an apostrophe in front, which an import takes away.

**Names.** \`lines[].equipment[].tags[]\` is one tag of one equipment of one line. Its full name is
\`<platform>/<line>/<equipment>/<tag>\`, an alarm's \`<platform>/<line>/<alarm>\`. Renaming begins a new history.
`;

function unitsSection(): string[] {
  const rows = Object.entries(unitAtoms).map(([code, atom]) => {
    const kind = quantityKind(code) ?? "";
    return `| \`${code}\` | ${atom.zh ?? atom.symbol} | ${kind} | ${atom.metric ? "yes" : ""} |`;
  });
  return [
    "## Units",
    "",
    "Units are written as [UCUM](https://ucum.org) codes: an atom below, with a prefix where the table says yes, an",
    "exponent (`m3`), products with `.` (`kW.h`), quotients with `/` (`L/min`), and a remark in braces that changes nothing",
    "(`m3{normal}/h`, `{rev}/min`). Scales with a zero of their own (`Cel`, `[pH]`) stand alone: a heating rate is `K/min`.",
    "",
    `Prefixes: ${Object.keys(unitPrefixes)
      .map((prefix) => `\`${prefix}\``)
      .join(" ")}.`,
    "",
    "| code | shown | measures | prefix |",
    "|---|---|---|---|",
    ...rows,
  ];
}

/** The reference page: one table per object, and the units. */
export function plantReference(): string {
  const [whole, ...parts] = sectionsOf(shapeOf(PlantSchema), "");
  const addresses = protocolNames.map((name) => ({
    title: `lines[].equipment[].tags[].address with protocol: ${name}`,
    shape: shapeOf(protocols[name].address),
  }));
  const sections = [...parts, ...addresses].flatMap(({ title, shape }) => [
    `## ${title}`,
    "",
    shape.description ?? "",
    "",
    ...tableOf(shape),
    "",
  ]);
  return [
    head,
    "## The file",
    "",
    ...tableOf(whole?.shape ?? {}),
    "",
    ...sections,
    "## Text in two languages",
    "",
    ...tableOf(shapeOf(LocalTextSchema)),
    "",
    ...unitsSection(),
    "",
  ].join("\n");
}
