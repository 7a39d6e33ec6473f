import { byteOrderMark, csvCell } from "#shared/kit/csv.ts";
import { cellsOf, safeText } from "./cells.ts";
import { fieldsOf } from "./fields.ts";
import type { PlantRows, TagRow } from "./plantRows.ts";
import { chineseTitles, placeTitles } from "./titles.ts";

/** What the `template` column says of a tag that a template brings. */
export const originText = ({ use }: TagRow): string => (use ? `${use.template.id}/${use.tag.id}` : "");

/** The tags of a device as CSV for a spreadsheet: titles, their Chinese names as a comment, one row per tag. */
export function exportTable({ devices, rows }: PlantRows, device: string): string {
  const protocol = devices.get(device);
  const fields = protocol ? fieldsOf(protocol) : [];
  const titles = [...placeTitles, ...fields.flatMap((field) => field.titles)];
  const chinese = titles.map((title, i) => `${i === 0 ? "# " : ""}${chineseTitles[title] ?? ""}`);
  const table = rows
    .filter((row) => row.device === device)
    .map((row) => [
      ...[row.line, row.equipment, originText(row), row.id].map((text) => (text === "" ? "" : safeText(text))),
      ...fields.flatMap((field) => cellsOf(field, row.values.get(field.key))),
    ]);
  return byteOrderMark + [titles, chinese, ...table].map((cells) => `${cells.map(csvCell).join(",")}\r\n`).join("");
}
