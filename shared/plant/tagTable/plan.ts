import { nearest, suggest } from "../nearest.ts";
import type { Problem } from "../problem.ts";
import type { Value } from "./cells.ts";
import { originText } from "./exportTable.ts";
import type { Field } from "./fields.ts";
import { type EquipmentNode, type Place, type PlantRows, placeText, type TagRow, type Values } from "./plantRows.ts";
import type { TableRow } from "./readTable.ts";

export interface KeyChange {
  readonly field: Field;
  readonly from: Value | undefined;
  readonly to: Value | undefined;
}

/** What an import does. */
export interface Plan {
  readonly added: readonly { readonly row: TableRow; readonly equipment: EquipmentNode; readonly values: Values }[];
  readonly changed: readonly { readonly tag: TagRow; readonly row: TableRow; readonly keys: readonly KeyChange[] }[];
  readonly removed: readonly TagRow[];
  /** Tags of the device that the file does not name, and that stay. */
  readonly kept: readonly TagRow[];
  readonly problems: readonly Problem[];
}

export interface PlanInput {
  readonly plant: PlantRows;
  readonly device: string;
  readonly fields: readonly Field[];
  readonly rows: readonly TableRow[];
  /** Tags of the device that the file does not name go. */
  readonly remove: boolean;
}

export const same = (a: Value | undefined, b: Value | undefined): boolean => JSON.stringify(a) === JSON.stringify(b);

/** What a field is worth where it is not written; undefined where that is not a value of its own. */
export const defaultOf = ({ shape }: Field): Value | undefined => shape.default as Value | undefined;

/** Compares the rows of a file with the tags of a device. Whether the values are right is for the check to say. */
export function planImport({ plant, device, fields, rows, remove }: PlanInput): Plan {
  const problems: Problem[] = [];
  const tags = new Map(plant.rows.map((row) => [placeText(row), row]));
  const equipment = new Map(plant.equipment.map((node) => [`${node.line}/${node.id}`, node]));
  const lines = [...new Set(plant.equipment.map(({ line }) => line))];
  const seen = new Map<string, number>();
  const added: Plan["added"][number][] = [];
  const changed: Plan["changed"][number][] = [];

  for (const row of rows) {
    const problem = (key: string, what: string, remedy: string) =>
      void problems.push({ ...row.placeOf(key), key, what, remedy });
    const name = placeText(row);
    const earlier = seen.get(name);
    if (earlier !== undefined) {
      problem("id", `\`${name}\` stands in line ${earlier} too`, "keep one of the two rows.");
      continue;
    }
    seen.set(name, row.placeOf("id").line);
    const owner = equipment.get(`${row.line}/${row.equipment}`);
    if (!lines.includes(row.line)) {
      problem("line", `line \`${row.line}\` does not exist`, suggest(row.line, lines, "lines with equipment"));
      continue;
    }
    if (!owner) {
      const known = plant.equipment.filter(({ line }) => line === row.line).map(({ id }) => id);
      const what = `line \`${row.line}\` has no equipment \`${row.equipment}\``;
      problem("equipment", what, suggest(row.equipment, known, "its equipment"));
      continue;
    }
    const tag = tags.get(name);
    if (!tag) add(row, owner, problem);
    else if (tag.device !== device) {
      const what = `\`${name}\` is a tag of device \`${tag.device}\``;
      problem("id", what, `choose another id, or change it in a table of \`${tag.device}\`.`);
    } else change(tag, row, problem);
  }
  const missing = plant.rows.filter((tag) => tag.device === device && !seen.has(placeText(tag)));
  return { added, changed, removed: remove ? missing : [], kept: remove ? [] : missing, problems };

  function add(
    row: TableRow,
    owner: EquipmentNode,
    problem: (key: string, what: string, remedy: string) => void,
  ): void {
    const unpadded = (id: string) => id.replace(/^0+(?=\d)/, "");
    const meant =
      /^\d+$/.test(row.id) &&
      plant.rows.find((tag) => isBeside(tag, row) && tag.id !== row.id && unpadded(tag.id) === row.id);
    if (meant) {
      problem(
        "id",
        `\`${row.id}\` has lost the leading zeros of \`${meant.id}\``,
        `write '${meant.id} with the apostrophe.`,
      );
      return;
    }
    if (row.origin) {
      const what = `there is no tag \`${row.id}\` that could come from \`${row.origin}\``;
      const near = nearest(
        row.id,
        plant.rows.filter((tag) => isBeside(tag, row)).map(({ id }) => id),
      );
      problem("template", what, near ? `did you mean the tag \`${near}\`?` : "empty the cell to write the tag out.");
      return;
    }
    const written = [...row.values].filter(([key, value]) => {
      const field = fields.find((other) => other.key === key);
      return value !== undefined && !(field && same(value, defaultOf(field)));
    });
    added.push({ row, equipment: owner, values: new Map(written as [string, Value][]) });
  }

  function change(tag: TagRow, row: TableRow, problem: (key: string, what: string, remedy: string) => void): void {
    if (row.origin !== undefined && row.origin !== originText(tag)) {
      const [what, remedy] = tag.use
        ? [
            `the tag comes from \`${originText(tag)}\``,
            "an import does not take it away from its template: restore the cell.",
          ]
        : ["the tag is written out and comes from no template", "empty the cell."];
      problem("template", what, remedy);
      return;
    }
    if (!tag.use && !tag.node) {
      problem(
        "id",
        `\`${tag.id}\` is written as an alias`,
        "write the tag out in the plant file before you import it.",
      );
      return;
    }
    const keys = fields.flatMap((field): KeyChange[] => {
      if (!row.values.has(field.key)) return [];
      const [from, to] = [tag.values.get(field.key), row.values.get(field.key)];
      const usual = defaultOf(field);
      if (same(from ?? usual, to ?? usual)) return [];
      const title = field.titles[0] ?? field.key;
      if (field.shape.asWritten && typeof from === "string" && from !== to && from.replace(/^0+/, "") === to) {
        problem(
          title,
          `\`${to}\` has lost the leading zero of \`${from}\``,
          `write '${from} with the apostrophe; if the change is meant, make it in the plant file.`,
        );
        return [];
      }
      if (to === undefined && usual === undefined && tag.use?.values.has(field.key)) {
        const what = `is empty, but template \`${tag.use.template.id}\` gives \`${tag.use.values.get(field.key)}\``;
        problem(title, what, "an override can change it, not take it away: fill it in, or change the template.");
        return [];
      }
      return [{ field, from, to: tag.use && to === undefined ? usual : to }];
    });
    if (keys.length > 0) changed.push({ tag, row, keys });
  }
}

const isBeside = (tag: TagRow, { line, equipment }: Place): boolean => tag.line === line && tag.equipment === equipment;
