import { parseTagId, type Sample, type TagId, tagId } from "#shared/model/sample.ts";
import { type TagInfo, type TagMeaning, type TagType, tagMeanings } from "#shared/model/tag.ts";
import { type EpochMs, minutes } from "#shared/model/time.ts";
import { qualityProperties } from "./quality.ts";
import { carried, wireValue } from "./sampleMetric.ts";
import { datatypes, type Metric, type PropertySet, type PropertyValue } from "./sparkplug/types.ts";

const datatypesOfTags = {
  float: datatypes.Double,
  int: datatypes.Int64,
  bool: datatypes.Boolean,
  string: datatypes.String,
} as const satisfies Record<TagType, number>;

/** The Sparkplug datatype in which a tag of this type is declared and sent. */
export const datatypeOf = (type: TagType): number => datatypesOfTags[type];

const tagTypesOf: Readonly<Record<number, TagType>> = {
  [datatypes.Int8]: "int",
  [datatypes.Int16]: "int",
  [datatypes.Int32]: "int",
  [datatypes.Int64]: "int",
  [datatypes.UInt8]: "int",
  [datatypes.UInt16]: "int",
  [datatypes.UInt32]: "int",
  [datatypes.UInt64]: "int",
  [datatypes.DateTime]: "int",
  [datatypes.Float]: "float",
  [datatypes.Double]: "float",
  [datatypes.Boolean]: "bool",
  [datatypes.String]: "string",
  [datatypes.Text]: "string",
  [datatypes.UUID]: "string",
};

/** Name of a tag's metric: its id without the platform, which is the Sparkplug group. */
export function metricName(tag: TagId): string {
  return tag.slice(tag.indexOf("/") + 1);
}

/** The tag that a metric of this name is, in the group `platform`; undefined where the name has not three parts. */
export function tagOfMetric(platform: string, name: string): TagId | undefined {
  const path = parseTagId(`${platform}/${name}`);
  return path && tagId(path);
}

const text = (value: string): PropertyValue => ({ type: datatypes.String, value });
const real = (value: number): PropertyValue => ({ type: datatypes.Double, value });
const whole = (value: number): PropertyValue => ({ type: datatypes.Int64, value });

/**
 * The birth metric of a tag: name, alias, datatype, its newest sample and what is known of it. `engUnit`, `engLow`,
 * `engHigh` and `documentation` are the names that other Sparkplug software uses; the other properties are ours.
 * `at`, the time of the birth, stands where the tag has no sample yet.
 */
export function birthMetric(info: TagInfo, alias: number, sample: Sample | null, at: EpochMs): Metric {
  const datatype = datatypeOf(info.type);
  const sent = sample && carried(sample, datatype);
  return {
    name: metricName(info.tag),
    alias,
    timestamp: sent?.at ?? at,
    datatype,
    properties: { ...tagProperties(info), ...(sent && qualityProperties(sent)) },
    value: wireValue(sent?.value ?? null, datatype),
  };
}

function tagProperties(info: TagInfo): PropertySet {
  return {
    ...(info.unit !== "" && { engUnit: text(info.unit) }),
    ...(info.range && { engLow: real(info.range[0]), engHigh: real(info.range[1]) }),
    documentation: text(info.name.zh),
    nameZh: text(info.name.zh),
    ...(info.name.en !== undefined && { nameEn: text(info.name.en) }),
    meaning: text(info.meaning),
    decimals: { type: datatypes.Int32, value: info.decimals },
    staleAfterMs: whole(info.staleAfterMs),
    gapAfterMs: whole(info.gapAfterMs),
    key: { type: datatypes.Boolean, value: info.key },
    ...(info.normal && { normalLow: real(info.normal[0]), normalHigh: real(info.normal[1]) }),
  };
}

/** What is assumed of a tag from a sender that does not say it. */
const foreignTag = { decimals: 2, staleAfterMs: minutes(5) } as const;

/**
 * The tag that a birth metric announces, in the group `platform`; undefined where its name is not
 * `<line>/<equipment>/<tag>` or its datatype is none of a tag.
 */
export function tagInfoOf(platform: string, metric: Metric): TagInfo | undefined {
  const tag = metric.name === undefined ? undefined : tagOfMetric(platform, metric.name);
  const type = tagTypesOf[metric.datatype ?? datatypes.Unknown];
  if (tag === undefined || type === undefined) return undefined;
  const read = propertyReader(metric.properties ?? {});
  const zh = read.text("nameZh") ?? read.text("documentation") ?? metricName(tag);
  const en = read.text("nameEn");
  const range = read.band("engLow", "engHigh");
  const normal = read.band("normalLow", "normalHigh");
  const staleAfterMs = read.number("staleAfterMs") ?? foreignTag.staleAfterMs;
  return {
    tag,
    name: { zh, ...(en !== undefined && { en }) },
    type,
    unit: read.text("engUnit") ?? (type === "float" || type === "int" ? "1" : ""),
    meaning: asMeaning(read.text("meaning")),
    ...(range && { range }),
    ...(normal && { normal }),
    decimals: read.number("decimals") ?? (type === "float" ? foreignTag.decimals : 0),
    staleAfterMs,
    gapAfterMs: read.number("gapAfterMs") ?? staleAfterMs,
    key: read.flag("key") ?? false,
  };
}

const asMeaning = (said: string | undefined): TagMeaning =>
  tagMeanings.find((meaning) => meaning === said) ?? "process";

/** Properties by name; undefined where one is absent or of another type. */
function propertyReader(properties: PropertySet) {
  const number = (key: string): number | undefined => {
    const value = properties[key]?.value;
    return typeof value === "number" && Number.isFinite(value) ? value : undefined;
  };
  return {
    number,
    text: (key: string): string | undefined => {
      const value = properties[key]?.value;
      return typeof value === "string" && value !== "" ? value : undefined;
    },
    flag: (key: string): boolean | undefined => {
      const value = properties[key]?.value;
      return typeof value === "boolean" ? value : undefined;
    },
    band: (lowKey: string, highKey: string): readonly [number, number] | undefined => {
      const low = number(lowKey);
      const high = number(highKey);
      return low !== undefined && high !== undefined ? [low, high] : undefined;
    },
  };
}
