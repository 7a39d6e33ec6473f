import type { Problem } from "../problem.ts";
import { expectedValues } from "./applyPlan.ts";
import { type Field, fieldsOf } from "./fields.ts";
import { defaultOf, type Plan, same } from "./plan.ts";
import { type PlantRows, placeText, type Values } from "./plantRows.ts";

/** Tags that are not what the plan says: the file writes them in a way that changes in place cannot follow. */
export function differing(
  plant: PlantRows,
  plan: Plan,
  after: PlantRows,
  { file, device }: { readonly file: string; readonly device: string },
): readonly Problem[] {
  const changed = new Map(plan.changed.map(({ tag, keys }) => [tag, expectedValues(tag, keys)]));
  const removed = new Set(plan.removed);
  const wanted = new Map(
    plant.rows.flatMap((tag) => (removed.has(tag) ? [] : [[placeText(tag), changed.get(tag) ?? tag.values] as const])),
  );
  for (const { row, values } of plan.added) wanted.set(placeText(row), values);
  const got = new Map(after.rows.map((tag) => [placeText(tag), tag]));
  const names = new Set([...wanted.keys(), ...got.keys()]);
  return [...names].flatMap((name): Problem[] => {
    const [tag, values] = [got.get(name), wanted.get(name)];
    const protocol = after.devices.get(tag?.device ?? device);
    if (tag && values && protocol && equal(tag.values, values, fieldsOf(protocol))) return [];
    const place = tag?.node ? after.source.placeOf(tag.node) : { file, line: 1, column: 1 };
    const what = "the file writes the tag in a way that an import cannot change alone (an anchor, an alias)";
    return [{ ...place, key: name, what, remedy: "write it out, or make the change by hand." }];
  });
}

const equal = (a: Values, b: Values, fields: readonly Field[]): boolean =>
  fields.every((field) => same(a.get(field.key) ?? defaultOf(field), b.get(field.key) ?? defaultOf(field)));
