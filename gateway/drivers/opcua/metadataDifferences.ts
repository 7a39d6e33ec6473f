import { conversionFactor, parseUnit, unitSymbol } from "#shared/model/units.ts";
import type { PlantTag } from "#shared/plant/plant.ts";
import type { EngineeringUnit } from "./browse/properties.ts";
import { isStateTag, type ServerWords } from "./metadataReading.ts";
import { shareAWord } from "./sharedWords.ts";

/** What the server says of a node beside what the plant model says of its tag. */
export interface HeldAgainst {
  readonly tag: PlantTag;
  /** The node as plant.yaml writes it. */
  readonly node: string;
  readonly server: ServerWords;
}

/** Servers often keep a range as float32. */
const sameWithin = 1e-6;
const examples = 3;

/** The differences of one tag, each a sentence. */
export function differencesOf(held: HeldAgainst): readonly string[] {
  if (isStateTag(held.tag)) return stateDifferences(held);
  const unit = unitDifference(held);
  // A range in another unit is another range of course.
  return unit ? [unit] : rangeDifference(held);
}

/** With a scale the tag has a unit of its own. */
function unitDifference({ tag, node, server }: HeldAgainst): string | undefined {
  const { unit, scale } = tag.config;
  const isScaled = scale !== undefined && (scale.factor !== 1 || scale.offset !== 0);
  if (!server.unit || isScaled || isSameUnit(server.unit, unit)) return undefined;
  const { ucum } = server.unit;
  const factor = ucum && conversionFactor(ucum, unit);
  const remedy = factor
    ? `write \`unit: ${ucum}\`, or scale the values with \`scale: { factor: ${Number(factor.toPrecision(12))} }\``
    : ucum
      ? `write \`unit: ${ucum}\`, or correct the server or the node`
      : "it is no unit that is known here: compare the two, and correct the one that is wrong";
  return `${place(tag, node, server)}: the server's EngineeringUnits say ${serverUnit(server.unit)}, plant.yaml says \`unit: ${unit}\`; ${remedy}.`;
}

/** Annotations such as {rev} mean nothing in UCUM (§12), so 1/min is the server's way to say {rev}/min. */
function isSameUnit({ ucum, symbol }: EngineeringUnit, unit: string): boolean {
  if (ucum === undefined) return [unit, unitSymbol(unit, "en"), unitSymbol(unit, "zh-CN")].includes(symbol);
  if (ucum === unit) return true;
  const factor = conversionFactor(ucum, unit);
  if (factor !== undefined) return Math.abs(factor - 1) <= sameWithin;
  const isSpecial = parseUnit(ucum)?.special && parseUnit(unit)?.special;
  return isSpecial === true && unitSymbol(ucum, "en") === unitSymbol(unit, "en");
}

const serverUnit = ({ symbol, commonCode, ucum }: EngineeringUnit): string => {
  const codes = [commonCode && `UNECE ${commonCode}`, ucum && `UCUM ${ucum}`].filter(Boolean).join(", ");
  const shown = symbol === "" ? (commonCode ?? "") : symbol;
  return codes === "" ? `“${shown}”` : `“${shown}” (${codes})`;
};

function rangeDifference({ tag, node, server }: HeldAgainst): readonly string[] {
  const { range, scale, unit } = tag.config;
  const [low, high] = range ?? [];
  if (!server.range || low === undefined || high === undefined) return [];
  const { factor, offset } = scale ?? { factor: 1, offset: 0 };
  // A negative factor turns the range round.
  const scaled = server.range.map((end) => end * factor + offset).toSorted((a, b) => a - b);
  const span = Math.abs(high - low);
  const isSame = [low, high].every((end, i) => Math.abs((scaled[i] ?? end) - end) <= span * sameWithin);
  if (isSame) return [];
  const [rawLow, rawHigh] = server.range;
  const after = scale ? `, ${shortly(scaled[0])} to ${shortly(scaled[1])} after scaling` : "";
  return [
    `${place(tag, node, server)}: the server's EURange is ${rawLow} to ${rawHigh}${after}, plant.yaml says \`range: [${low}, ${high}]\` in ${unit}; correct the one that is wrong, for a value outside of plant.yaml's range is uncertain.`,
  ];
}

const shortly = (n = 0): number => Number(n.toPrecision(9));

/** Numbers of the server without a state, and states for numbers that the server does not have. */
function stateDifferences({ tag, node, server }: HeldAgainst): readonly string[] {
  const map: Readonly<Record<string, string>> = tag.equipment.state?.map ?? {};
  // After scaling the numbers are others.
  if (!server.texts || tag.config.scale) return [];
  const texts = Object.entries(server.texts);
  const unmapped = texts.filter(([value]) => !Object.hasOwn(map, value));
  const unknown = Object.keys(map).filter((value) => !Object.hasOwn(server.texts ?? {}, value));
  const named = (list: typeof texts) => list.map(([value, text]) => `${value} “${text}”`).join(", ");
  const at = `${place(tag, node, server)}`;
  return [
    ...(unmapped.length > 0
      ? [
          `${at}: the server has the states ${named(unmapped)}, which state.map of ${tag.equipment.id} does not list; add them, for a state that is not listed is unknown (UNK).`,
        ]
      : []),
    ...(unknown.length > 0
      ? [
          `${at}: state.map of ${tag.equipment.id} lists ${unknown.map((value) => `${value} (${map[value]})`).join(", ")}, the server has only ${named(texts)}; correct the map or the node.`,
        ]
      : []),
  ];
}

/**
 * Names are written freely, so another wording is no difference. Only where a server's name and description share no
 * word with the tag's names and ids is it told, in one sentence for the whole device: it may be the wrong node.
 */
export function strangeNames(held: readonly HeldAgainst[]): readonly string[] {
  const strange = held.filter(({ tag, server }) => {
    const { config, equipment } = tag;
    return (
      shareAWord(
        [server.displayName, server.description],
        [config.id, config.name.zh, config.name.en],
        [equipment.id, equipment.name.zh, equipment.name.en],
      ) === false
    );
  });
  if (strange.length === 0) return [];
  const shown = strange
    .slice(0, examples)
    .map(
      ({ tag, node, server }) =>
        `${tag.id} “${tag.config.name.en ?? tag.config.name.zh}” is ${node} “${wordOf(server)}”`,
    );
  const more = strange.length - shown.length;
  const rest = more > 0 ? ` and ${more} more` : "";
  return [
    `The server's names share no word with plant.yaml's: ${shown.join("; ")}${rest}; check that these are the right nodes, or take the server's words into the names.`,
  ];
}

const wordOf = ({ description, displayName }: ServerWords): string => description || displayName;

const place = (tag: PlantTag, node: string, server: ServerWords): string => {
  const word = wordOf(server);
  return word === "" ? `${tag.id} (${node})` : `${tag.id} (${node}, “${word}”)`;
};
