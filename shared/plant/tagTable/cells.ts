import { beginsFormula } from "#shared/kit/csv.ts";
import { dayPattern } from "../tagSchema.ts";
import type { Field } from "./fields.ts";

/** A value as YAML holds it. A number may also be text: `${NAME}`, or a mistake that the check names. */
export type Value = string | number | boolean | readonly (string | number)[];

/** What is wrong with the cell of that number among the field's cells. */
export interface CellMistake {
  readonly cell: number;
  readonly what: string;
  readonly remedy: string;
}

/** A field's value as the texts of its cells. */
export function cellsOf({ kind, shape, titles }: Field, value: Value | undefined): readonly string[] {
  if (value === undefined) return titles.map(() => "");
  if (kind === "band" && Array.isArray(value)) return value.map(String);
  if (Array.isArray(value)) return [value.join(" ")];
  if (typeof value !== "string") return [String(value)];
  // A day may become a date of the spreadsheet: it is read back in every form that they write.
  return [shape.pattern === dayPattern ? value : safeText(value)];
}

/** Text that a spreadsheet leaves alone: what it would take for something else has an apostrophe in front. */
export const safeText = (text: string): string => (wouldChange(text) ? `'${text}` : text);

/** Runs as a formula, becomes a number or a date, loses zeros, digits or blanks, or begins with the apostrophe itself. */
const wouldChange = (text: string): boolean =>
  text === "" ||
  beginsFormula(text) ||
  text.startsWith("'") ||
  text.startsWith("#") ||
  text !== text.trim() ||
  /^(true|false)$/i.test(text) ||
  (/^[\d.,eE%+ -]*\d[\d.,eE%+ -]*$/.test(text) && !/^(0|[1-9]\d{0,9})$/.test(text)) ||
  /^\d{1,4}[-/.:年月]\s*\d/.test(text) ||
  months.test(text);

const month = "(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)";
const months = new RegExp(`^(\\d{1,4}[- ]?)?${month}[a-z]*[-. ]?\\d*$`, "i");
/** How spreadsheets show the date that they took a text for; all of it is text that `safeText` keeps from them. */
const madeDate = new RegExp(`^\\d{1,2}月\\d{1,2}日$|^\\d{1,2}-${month}$|^${month}-\\d{1,2}$`, "i");

/** The text that somebody meant by a cell: without the apostrophe, `="…"` or blanks around it. */
export function textOf(cell: string): string {
  if (cell.startsWith("'")) return cell.slice(1);
  const formula = /^="(.*)"$/s.exec(cell.trim());
  return formula ? (formula[1] ?? "").replaceAll('""', '"') : cell.trim();
}

/** The value in a field's cells; undefined where they are empty. */
export function valueIn(field: Field, cells: readonly string[]): Value | undefined | CellMistake[] {
  const mistakes: CellMistake[] = [];
  const parts = cells.map((cell, i) => {
    const damage = damageOf(field, cell);
    if (damage) mistakes.push({ cell: i, ...damage });
    return textOf(cell);
  });
  if (mistakes.length > 0) return mistakes;
  const [text = ""] = parts;
  if (field.kind === "band") return bandOf(parts);
  if (text === "" && !cells[0]?.startsWith("'")) return undefined;
  switch (field.kind) {
    case "number":
      return numberOf(text);
    case "list":
      return text.split(/[\s;]+/).map(numberOf);
    case "boolean":
      return /^(true|false)$/i.test(text) ? /^true$/i.test(text) : text;
    default:
      return field.shape.pattern === dayPattern ? dayOf(text) : text;
  }
}

export const isMistakes = (value: Value | undefined | CellMistake[]): value is CellMistake[] =>
  Array.isArray(value) && value.some((item) => typeof item === "object");

function bandOf(parts: readonly string[]): Value | undefined | CellMistake[] {
  if (parts.every((part) => part === "")) return undefined;
  const empty = parts.indexOf("");
  if (empty === -1) return parts.map(numberOf);
  const remedy = "fill in both ends, or neither.";
  return [{ cell: empty, what: `is empty, but the ${empty === 0 ? "high" : "low"} end is not`, remedy }];
}

const numberOf = (text: string): number | string =>
  /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) || /^0x[\da-f]+$/i.test(text) ? Number(text) : text;

/** 2027/3/31, 2027-3-31, 2027.3.31 and 2027年3月31日 as the schema asks for it; other text as it is. */
function dayOf(text: string): string {
  const [, year, month = "", day = ""] =
    /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?: 0?0:00(?::00)?)?$/.exec(text) ?? [];
  return year === undefined ? text : `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
}

type Damage = Omit<CellMistake, "cell">;

/** What a spreadsheet, or a habit of one, has made of the cell. */
function damageOf({ kind, shape }: Field, cell: string): Damage | undefined {
  if (cell.startsWith("'")) return undefined;
  const text = textOf(cell);
  if (/^#(#+|REF!|NAME\?|VALUE!|N\/A|NUM!|NULL!|DIV\/0!)$/.test(text)) {
    return {
      what: `\`${text}\` is what a spreadsheet shows of a value`,
      remedy: "widen the column, or correct the cell.",
    };
  }
  if (kind !== "text") {
    if (!/^[+-]?\d+(,\d+)+(\.\d+)?$/.test(text)) return undefined;
    const what = `\`${text}\` may be a decimal comma or a thousands separator`;
    return { what, remedy: "write the number with a decimal point and nothing between the digits." };
  }
  if (shape.pattern === dayPattern) return undefined;
  const remedy = "format the column as text (设置单元格格式 → 文本) and enter it again, or put an apostrophe in front.";
  if (/^\d(\.\d+)?E\+\d+$/.test(text))
    return { what: `\`${text}\` was text until a spreadsheet made it a number`, remedy };
  if (madeDate.test(text)) {
    return { what: `\`${text}\` was text until a spreadsheet made it a date`, remedy };
  }
  if (shape.asWritten && shape.pattern && /^\d+$/.test(text) && !new RegExp(shape.pattern).test(text)) {
    const whole = [5, 6]
      .map((digits) => text.padStart(digits, "0"))
      .find((padded) => new RegExp(shape.pattern ?? "").test(padded));
    if (whole !== undefined && whole !== text) {
      return {
        what: `\`${text}\` has lost its leading zeros`,
        remedy: `write '${whole} with the apostrophe, or format the column as text.`,
      };
    }
  }
  return undefined;
}
