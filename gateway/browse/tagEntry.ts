import type { FlowValue } from "#shared/kit/flowYaml.ts";
import type { TagType } from "#shared/model/tag.ts";
import { unexpanded } from "#shared/plant/environment.ts";
import type { VariableFacts } from "../drivers/opcua/browse/facts.ts";
import type { WalkedNode } from "../drivers/opcua/browse/walk.ts";

/** A variable with what the server says of it. */
export interface Found {
  readonly node: WalkedNode;
  readonly facts: VariableFacts;
}

/** By built-in type (IEC 62541-6, 5.1.2); what is not here cannot be a tag. */
const tagTypeOf: Readonly<Record<string, TagType>> = {
  Boolean: "bool",
  SByte: "int",
  Byte: "int",
  Int16: "int",
  UInt16: "int",
  Int32: "int",
  UInt32: "int",
  Int64: "int",
  UInt64: "int",
  Integer: "int",
  UInteger: "int",
  Enumeration: "int",
  Float: "float",
  Double: "float",
  Number: "float",
  String: "string",
  LocalizedText: "string",
  DateTime: "string",
  Guid: "string",
};

/** Why a variable cannot be a tag; undefined where it can. */
export function hindranceOf({ node, facts }: Found): string | undefined {
  if (node.id === undefined) return "its node id cannot be written with a namespace URI";
  if (facts.isArray) return `an array of ${facts.dataType}`;
  if (!facts.readable) return "this user may not read it";
  if (facts.builtIn === "ExtensionObject") return `a structure (${facts.dataType})`;
  if (!Object.hasOwn(tagTypeOf, facts.builtIn)) return `of type ${facts.dataType}, which is no number, text or yes/no`;
  return undefined;
}

/** The tag as plant.yaml says it, and notes for whoever reads it; of a variable without a hindrance. */
export function tagEntry(
  { node, facts }: Found,
  id: string,
  device: string,
): { entry: FlowValue; notes: readonly string[] } {
  const type = tagTypeOf[facts.builtIn] ?? "float";
  const isNumber = type === "float" || type === "int";
  const { unit, range } = facts;
  const notes: string[] = [];
  if (isNumber && unit && unit.ucum === undefined) {
    const code = unit.commonCode === undefined ? "" : ` (UN/CEFACT ${unit.commonCode})`;
    notes.push(`unit ${unit.symbol}${code} has no known UCUM code: add \`unit\``);
  }
  if (/^U?Int64$/.test(facts.builtIn)) notes.push("beyond 2^53 it is an exact text, and indicators leave it out");
  if (facts.texts)
    notes.push(
      Object.entries(facts.texts)
        .map(([value, text]) => `${value} ${text}`)
        .join(", "),
    );
  const entry = {
    id,
    name: namesOf(node),
    device,
    address: { node: unexpanded(node.id ?? "") },
    type: type === "float" ? undefined : type,
    unit: isNumber && unit?.ucum !== undefined && unit.ucum !== "1" ? unit.ucum : undefined,
    range: isNumber ? range : undefined,
    decimals: type === "float" ? decimalsOf(facts) : type === "int" ? 0 : undefined,
  };
  return { entry, notes };
}

/** The server's name in its language; the same in the other one, where the browse name does not serve. */
function namesOf({ displayName: { text, locale }, browseName, id }: WalkedNode): FlowValue {
  const name = text.trim() || browseName.trim() || (id ?? "");
  const isChinese = locale.toLowerCase().startsWith("zh");
  const en = isChinese && /^[\x20-\x7e]+$/.test(browseName) ? browseName : name;
  return { zh: unexpanded(name), en: unexpanded(en) };
}

const mostDecimals = 6;
/** Steps that a range is shown in, where the server says no precision. */
const steps = 1_000;

function decimalsOf({ precision, range }: VariableFacts): number | undefined {
  if (precision !== undefined) return Math.min(precision, mostDecimals);
  if (!range) return undefined;
  return Math.min(Math.max(Math.ceil(Math.log10(steps / (range[1] - range[0]))), 0), mostDecimals);
}
