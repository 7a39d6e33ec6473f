import type { Value } from "./cells.ts";
import type { KeyChange, Plan } from "./plan.ts";
import { placeText } from "./plantRows.ts";

const shown = (value: Value | undefined): string => {
  if (value === undefined) return "(none)";
  return Array.isArray(value) ? `[${value.join(", ")}]` : String(value);
};

const keyText = ({ field, from, to }: KeyChange): string => `${field.key}: ${shown(from)} → ${shown(to)}`;

/** What an import does, one line per tag; changed keys below their tag. */
export function planLines({ added, changed, removed, kept }: Plan): readonly string[] {
  const count = (number: number, what: string) => (number === 0 ? [] : [`${number} ${what}`]);
  const counts = [
    ...count(added.length, "added"),
    ...count(changed.length, "changed"),
    ...count(removed.length, "removed"),
    ...count(kept.length, "not in the table and kept (--remove removes them)"),
  ];
  return [
    ...added.map(({ row }) => `+ ${placeText(row)}`),
    ...changed.flatMap(({ tag, keys }) => [
      `~ ${placeText(tag)}${tag.use ? ` (override of ${tag.use.template.id}/${tag.use.tag.id})` : ""}`,
      ...keys.map((key) => `    ${keyText(key)}`),
    ]),
    ...removed.map((tag) => `- ${placeText(tag)}${tag.use ? ` (omitted from ${tag.use.template.id})` : ""}`),
    ...kept.map((tag) => `  ${placeText(tag)}`),
    counts.length === 0 ? "no changes" : counts.join(", "),
  ];
}
