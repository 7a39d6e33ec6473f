import type { Node } from "yaml";
import type { MapNode } from "../templates/yamlMaps.ts";
import type { Value } from "./cells.ts";
import type { Field } from "./fields.ts";
import type { KeyChange, Plan } from "./plan.ts";
import { same } from "./plan.ts";
import type { PlantRows, TagRow, Values } from "./plantRows.ts";
import { type Patch, type PatchValue, YamlEdits } from "./yamlEdits.ts";

/** The plant file's text with a plan carried out. Tags of templates are changed by overrides, and removed by `omit`. */
export function applyPlan(
  text: string,
  plan: Plan,
  plant: PlantRows,
  device: string,
  fields: readonly Field[],
): string {
  const edits = new YamlEdits(text);
  /** One patch for each object of the file: an object may bring many tags. */
  const patches = new Map<MapNode, Patch>();
  const patch = (map: MapNode, more: Patch) => void patches.set(map, joined(patches.get(map) ?? {}, more));

  for (const { tag, keys } of plan.changed) {
    if (tag.node) patch(tag.node, patchOf(keys.map(({ field, to }) => [field.path, to])));
    else if (tag.use) patch(tag.use.tag.from, { override: { [tag.use.tag.id]: overrideOf(tag.use.values, keys) } });
  }
  const omitted = Map.groupBy(
    plan.removed.flatMap(({ use }) => (use ? [use.tag] : [])),
    ({ from }) => from,
  );
  for (const [from, tags] of omitted) {
    const { reader } = plant;
    const earlier = reader.items(reader.at(from, "omit")).flatMap((node) => reader.text(node) ?? []);
    patch(from, { omit: [...earlier, ...tags.map(({ id }) => id)] });
  }
  for (const [map, whole] of patches) edits.patch(map, whole);

  for (const { map } of plant.equipment) {
    const gone = new Set<Node>(plan.removed.flatMap(({ node }) => (node ? [node] : [])));
    const own = new Set(plant.reader.items(plant.reader.at(map, "tags")).filter((node) => gone.has(node)));
    const added = plan.added.filter(({ equipment }) => equipment.map === map);
    if (own.size === 0 && added.length === 0) continue;
    edits.list(
      map,
      "tags",
      own,
      added.map(({ row, values }) => tagOf(row.id, device, values, fields)),
    );
  }
  return edits.apply();
}

/** A tag as the house writes it: id, name, device, address, and the rest in the schema's order. */
function tagOf(id: string, device: string, values: Values, fields: readonly Field[]): Patch {
  const { name, ...others } = patchOf(fields.map(({ key, path }) => [path, values.get(key)]));
  return { id, name, device, ...others };
}

/** Where a key is as in the template again, its override goes. */
const overrideOf = (template: Values, keys: readonly KeyChange[]): Patch =>
  patchOf(keys.map(({ field, to }) => [field.path, same(template.get(field.key), to) ? undefined : to]));

/** Values by key path as one object. */
function patchOf(entries: readonly (readonly [readonly string[], Value | undefined])[]): Patch {
  let patch: Patch = {};
  for (const [path, value] of entries) {
    const whole = path
      .toReversed()
      .reduce<PatchValue | undefined>((below, key) => ({ [key]: below }), value as PatchValue);
    patch = joined(patch, whole as Patch);
  }
  return patch;
}

function joined(a: Patch, b: Patch): Patch {
  const both: Record<string, PatchValue | undefined> = { ...a };
  for (const [key, value] of Object.entries(b)) {
    const other = both[key];
    both[key] = isObject(other) && isObject(value) ? joined(other, value) : value;
  }
  return both;
}

const isObject = (value: PatchValue | undefined): value is Patch => typeof value === "object" && !Array.isArray(value);

/** The values that a changed tag must have afterwards. */
export function expectedValues(tag: TagRow, keys: readonly KeyChange[]): Values {
  const values = new Map(tag.values);
  for (const { field, to } of keys) {
    if (to === undefined) values.delete(field.key);
    else values.set(field.key, to);
  }
  return values;
}
