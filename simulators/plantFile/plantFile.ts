import { type FlowValue, flow, scalar } from "#shared/kit/flowYaml.ts";
import type { LocalText } from "#shared/model/text.ts";
import { runStates } from "../physics/recipe.ts";
import type { AlarmFacts, EquipmentFacts, LineFacts, RuleFacts } from "../plants/plant.ts";
import { namespaceUri, nodeName, type Signal } from "../signal.ts";
import { equipmentFigureLines, platformFigureLines } from "./figureKeys.ts";
import { notificationExample } from "./notificationExample.ts";

/** Everything that a plant file says about what the simulators serve. */
export interface PlantFile {
  /** Comment at the head, without `#`. */
  readonly header: readonly string[];
  readonly platform: { readonly id: string; readonly name: LocalText; readonly timeZone: string };
  readonly gateway: { readonly id: string; readonly name: LocalText };
  readonly lines: readonly LineFacts[];
  readonly signals: readonly Signal[];
  /** The section `alarmTemplates`, as it stands in the library. */
  readonly alarmTemplates: string | null;
  /** Every row counts: tags with this report each new source time, and longer silence is a gap. */
  readonly everyRow: { readonly gapAfterMs: number } | null;
}

/** The run states of the simulators in SEMI E10. Set-up and maintenance are planned, a fault is not. */
const e10 = {
  idle: "SBY",
  "set-up": "SDT",
  running: "PRD",
  fault: "UDT",
  maintenance: "SDT",
} as const satisfies Record<(typeof runStates)[number], string>;

/** A value that the process reading the plant takes from its environment. */
const fromEnvironment = (name: string, otherwise: string): string => `\${${name}:${otherwise}}`;
const host = fromEnvironment("PILOTLINE_SIM_HOST", "127.0.0.1");

const text = ({ zh, en }: LocalText): FlowValue => ({ zh, en });

/** The id of the OPC UA device of a line. */
const opcuaDevice = (line: LineFacts): string => `${line.id}-plc`;

export function plantFileText(file: PlantFile): string {
  return [
    ...file.header.map((line) => (line === "" ? "#" : `# ${line}`)),
    "",
    `platform: ${flow({ id: file.platform.id, name: text(file.platform.name), timeZone: file.platform.timeZone })}`,
    "",
    "gateways:",
    `  - ${flow({ id: file.gateway.id, name: text(file.gateway.name) })}`,
    "",
    `# 装置 | What speaks a protocol. ${fromEnvironment("NAME", "default")} takes the environment variable NAME where it is set.`,
    "devices:",
    ...file.lines.flatMap((line) => deviceLines(line, file)),
    "",
    ...(file.alarmTemplates === null ? [] : [file.alarmTemplates, ""]),
    ...(file.everyRow ? [] : platformFigureLines),
    "lines:",
    ...file.lines.flatMap((line) => lineLines(line, file)),
    "",
    // A recording calls nobody.
    ...(file.everyRow ? [] : [...notificationExample, ""]),
  ].join("\n");
}

function deviceLines(line: LineFacts, { gateway, signals, everyRow }: PlantFile): readonly string[] {
  const own = signals.filter((signal) => signal.line === line.id);
  const opcua = own.some(({ access }) => access.face === "opcua");
  const device = (facts: FlowValue) => `  - ${flow(facts)}`;
  return [
    `  # ${line.name.zh} | ${line.name.en ?? line.id}`,
    ...(opcua
      ? [
          device({
            id: opcuaDevice(line),
            name: { zh: `${line.name.zh}控制器`, en: `${line.name.en ?? line.id}, controller` },
            gateway: gateway.id,
            protocol: "opcua",
            connection: {
              endpoint: `opc.tcp://${host}:${fromEnvironment("PILOTLINE_SIM_OPCUA_PORT", "14840")}`,
              security: "none",
            },
            polling: { publishMs: everyRow ? 1_000 : 500, samplingMs: 0 },
          }),
        ]
      : []),
    ...line.instruments.map(({ id, name, unit, byteOrder }) =>
      device({
        id,
        name: text(name),
        gateway: gateway.id,
        protocol: "modbus",
        connection: {
          host,
          port: fromEnvironment("PILOTLINE_SIM_MODBUS_PORT", "15020"),
          unit,
          byteOrder: byteOrder === "ABCD" ? undefined : byteOrder,
        },
      }),
    ),
  ];
}

function lineLines(line: LineFacts, file: PlantFile): readonly string[] {
  return [
    `  # ==== ${line.name.zh} | ${line.name.en ?? line.id} ====`,
    `  - id: ${scalar(line.id)}`,
    `    name: ${flow(text(line.name))}`,
    "    equipment:",
    ...line.equipment.flatMap((equipment) => equipmentLines(line, equipment, file)),
    ...alarmLines(line),
    ...runLines(line),
  ];
}

function runLines({ runs = [] }: LineFacts): readonly string[] {
  if (runs.length === 0) return [];
  return [
    "    # 中试批次：位号的哪些取值表示批次进行中，占用哪些设备 | Runs: the values of a tag at which one is on, and what it holds.",
    "    runs:",
    ...runs.map((run) => `      - ${flow({ ...run })}`),
  ];
}

function alarmLines({ alarms, rules = [], templates = [] }: LineFacts): readonly string[] {
  const item = (facts: RuleFacts) => `      - ${flow(facts as FlowValue)}`;
  const own = alarms.flatMap((alarm) => (alarm.from ? [] : [item(ruleFacts(alarm))]));
  const used = alarms.flatMap(({ from, tag, limit, deadband, onDelayMs }) => {
    if (!from) return [];
    const { template, id, name, rule } = from;
    return [
      item({
        template,
        id,
        name: text(name),
        with: { value: tag },
        override: { [rule]: { limit, deadband, onDelayMs } },
      }),
    ];
  });
  const lists = [
    [
      "    # 报警：限值、回差、延时、原因、后果与处置 | Alarms with the cause, consequence and response that they stand for.",
      "    alarms:",
      [...own, ...rules.map(item)],
    ],
    [
      "    # 按设备类型套用的报警模板 | Alarms that the template of an equipment's kind makes.",
      "    alarmsFrom:",
      [...used, ...templates.map(item)],
    ],
  ] as const;
  return lists.flatMap(([comment, key, items]) => (items.length > 0 ? [comment, key, ...items] : []));
}

const ruleFacts = ({
  from: _from,
  id,
  name,
  cause,
  consequence,
  response,
  timeToRespondMinutes,
  ...alarm
}: AlarmFacts): RuleFacts => ({
  ...{ id, name: text(name), ...alarm },
  ...(cause ? { cause: text(cause) } : {}),
  ...(consequence ? { consequence: text(consequence) } : {}),
  response: text(response),
  timeToRespondMinutes,
});

function equipmentLines(line: LineFacts, equipment: EquipmentFacts, file: PlantFile): readonly string[] {
  const own = file.signals.filter((signal) => signal.line === line.id && signal.equipment === equipment.id);
  const state = own.find(({ meaning }) => meaning === "state");
  const energy = own.find(({ meaning, unit }) => meaning === "energy" && unit === "kW.h");
  return [
    `      - id: ${scalar(equipment.id)}`,
    `        name: ${flow(text(equipment.name))}`,
    `        kind: ${scalar(equipment.kind)}`,
    ...(equipment.class === "general" ? [] : [`        class: ${equipment.class}`]),
    ...(line.shared?.includes(equipment.id) ? ["        shared: true"] : []),
    ...(line.flows?.[equipment.id] ? [`        flowsTo: ${flow(line.flows[equipment.id] ?? [])}`] : []),
    ...(state ? [`        state: ${flow({ tag: state.id, map: stateMap(state) })}`] : []),
    ...(energy ? [`        energyMeter: ${scalar(energy.id)}`] : []),
    ...(file.everyRow ? [] : equipmentFigureLines(equipment, own)),
    "        tags:",
    ...own.map((signal) => `          - ${flow(tagFacts(signal, line, file))}`),
  ];
}

/** From what the tag carries, a word or the word's number, to SEMI E10. */
const stateMap = ({ values }: Signal): FlowValue =>
  Object.fromEntries(
    runStates.map((state): [string, string] => [values ? String(values.indexOf(state)) : state, e10[state]]),
  );

/** Everything that is not the schema's own default. */
function tagFacts(signal: Signal, line: LineFacts, { everyRow }: PlantFile): FlowValue {
  const { access } = signal;
  return {
    id: signal.id,
    name: text(signal.name),
    device: access.face === "opcua" ? opcuaDevice(line) : access.instrument,
    address: access.face === "opcua" ? { node: `nsu=${namespaceUri};s=${nodeName(signal)}` } : modbusAddress(signal),
    type: signal.type === "float" ? undefined : signal.type,
    unit: signal.unit === "" || signal.unit === "1" ? undefined : signal.unit,
    scale: access.face === "modbus" && access.factor !== undefined ? { factor: access.factor } : undefined,
    range: signal.range,
    normal: signal.normal,
    decimals: signal.decimals === 2 ? undefined : signal.decimals,
    deadband: signal.deadband === 0 ? undefined : signal.deadband,
    report: everyRow ? "every" : undefined,
    gapAfterMs: everyRow?.gapAfterMs,
    meaning: signal.meaning === "process" ? undefined : signal.meaning,
    key: signal.key ? true : undefined,
  };
}

function modbusAddress({ access }: Signal): FlowValue {
  if (access.face !== "modbus") return {};
  const { table, register, format, bit } = access;
  return { table, register, format, bit };
}
