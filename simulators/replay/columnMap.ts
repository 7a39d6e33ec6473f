import { parse } from "yaml";
import { CodedError, messageOf } from "#shared/model/errors.ts";
import type { TagMeaning, TagType } from "#shared/model/tag.ts";
import { tagMeanings, type tagTypes } from "#shared/model/tag.ts";
import type { LocalText } from "#shared/model/text.ts";
import type { AlarmFacts, EquipmentFacts } from "../plants/plant.ts";
import { Fields } from "./fields.ts";

export interface ColumnFacts {
  readonly equipment: string;
  readonly tag: string;
  readonly name: LocalText;
  readonly type: Extract<TagType, "float" | "int">;
  readonly unit: string;
  readonly range: readonly [low: number, high: number] | undefined;
  readonly normal: readonly [low: number, high: number] | undefined;
  readonly decimals: number;
  readonly meaning: TagMeaning;
  readonly key: boolean;
  /** The file may be without it. */
  readonly optional: boolean;
}

/** What a recording's columns mean. */
export interface ColumnMap {
  /** IANA zone of times that name none. */
  readonly timeZone: string;
  /** Name of the time column; the first where undefined. */
  readonly time: string | undefined;
  readonly line: { readonly id: string; readonly name: LocalText };
  readonly equipment: readonly EquipmentFacts[];
  readonly columns: ReadonlyMap<string, ColumnFacts>;
  readonly alarms: readonly AlarmFacts[];
}

export const defaultTimeZone = "Asia/Shanghai";

/** Reads a map file; throws `CONFIG` naming the key that is wrong. */
export function parseColumnMap(text: string, file: string): ColumnMap {
  let root: unknown;
  try {
    root = parse(text);
  } catch (error) {
    throw new CodedError("CONFIG", `${file}: ${messageOf(error)}`);
  }
  const top = new Fields(root, file, "");
  const line = top.child("line");
  const map: ColumnMap = {
    timeZone: top.text("timeZone", defaultTimeZone),
    time: top.optionalText("time"),
    line: { id: line.text("id"), name: line.names("name") },
    equipment: top.list("equipment").map((equipment) => ({
      id: equipment.text("id"),
      name: equipment.names("name"),
      kind: equipment.text("kind"),
      class: equipment.choice("class", ["general", "special"], "general"),
    })),
    columns: new Map(top.entries("columns").map(([name, column]) => [name, columnOf(column)])),
    alarms: top.list("alarms", []).map(alarmOf),
  };
  top.refuseUnknown();
  const known = new Set(map.equipment.map(({ id }) => id));
  for (const [name, { equipment }] of map.columns) {
    if (!known.has(equipment)) {
      throw new CodedError(
        "CONFIG",
        `${file}: columns.${name}: there is no equipment \`${equipment}\`; add it to the list.`,
      );
    }
  }
  return map;
}

function columnOf(column: Fields): ColumnFacts {
  const facts: ColumnFacts = {
    equipment: column.text("equipment"),
    tag: column.text("tag"),
    name: column.names("name"),
    type: column.choice("type", ["float", "int"] satisfies readonly (typeof tagTypes)[number][], "float"),
    unit: column.text("unit", "1"),
    range: column.band("range"),
    normal: column.band("normal"),
    decimals: column.number("decimals", 2),
    meaning: column.choice("meaning", tagMeanings, "process"),
    key: column.flag("key"),
    optional: column.flag("optional"),
  };
  column.refuseUnknown();
  return facts;
}

function alarmOf(alarm: Fields): AlarmFacts {
  const facts: AlarmFacts = {
    id: alarm.text("id"),
    name: alarm.names("name"),
    tag: alarm.text("tag"),
    kind: alarm.choice("kind", ["high", "low"]),
    limit: alarm.number("limit"),
    deadband: alarm.number("deadband", 0),
    onDelayMs: alarm.number("onDelayMs", 0),
    priority: alarm.choice("priority", ["critical", "high", "medium", "low"], "medium"),
    response: alarm.names("response"),
  };
  alarm.refuseUnknown();
  return facts;
}
