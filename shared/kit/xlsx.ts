import { writeZip } from "./zip.ts";

/** A cell: text, a number with its format, or nothing. Text is always text: a formula cannot come in. */
export type Cell = string | number | null | { readonly value: number; readonly format: NumberFormat };

/** How a number is shown; its value stays whole. */
export type NumberFormat = "integer" | "decimals" | "percent";

export interface Sheet {
  /** At most 31 characters, without `: \ / ? * [ ]`. */
  readonly name: string;
  /** Column widths in characters. */
  readonly widths: readonly number[];
  /** Shown bold and kept in sight; the rows above it are shown as they are. */
  readonly headRow?: number;
  /** Long texts are broken within their cell, and rows are as high as that takes. */
  readonly wraps?: boolean;
  /** Only so many columns are printed; all where left out. */
  readonly printedColumns?: number;
  readonly rows: readonly (readonly Cell[])[];
}

const mime = "application/vnd.openxmlformats-officedocument.spreadsheetml";
const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const packageRelations = "http://schemas.openxmlformats.org/package/2006/relationships";
const xml = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';

/** Index in `cellXfs` below. */
const styles = { plain: 0, head: 1, integer: 2, decimals: 3, percent: 4, wrapped: 5 } as const;

const stylesPart = `${xml}<styleSheet xmlns="${main}">
<numFmts count="1"><numFmt numFmtId="164" formatCode="#,##0.00####"/></numFmts>
<fonts count="2"><font><sz val="11"/><name val="Microsoft YaHei"/></font><font><b/><sz val="11"/><name val="Microsoft YaHei"/></font></fonts>
<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid"><fgColor rgb="FFE4E7E9"/><bgColor indexed="64"/></patternFill></fill></fills>
<borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border><border><left/><right/><top/><bottom style="hair"><color rgb="FF9AA0A6"/></bottom><diagonal/></border></borders>
<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>
<cellXfs count="6">
<xf numFmtId="0" fontId="0" fillId="0" borderId="1" xfId="0" applyBorder="1" applyAlignment="1"><alignment horizontal="left" indent="1"/></xf>
<xf numFmtId="0" fontId="1" fillId="2" borderId="1" xfId="0" applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1"><alignment horizontal="left" vertical="center" indent="1" wrapText="1"/></xf>
<xf numFmtId="3" fontId="0" fillId="0" borderId="1" xfId="0" applyNumberFormat="1" applyBorder="1"/>
<xf numFmtId="164" fontId="0" fillId="0" borderId="1" xfId="0" applyNumberFormat="1" applyBorder="1"/>
<xf numFmtId="10" fontId="0" fillId="0" borderId="1" xfId="0" applyNumberFormat="1" applyBorder="1"/>
<xf numFmtId="0" fontId="0" fillId="0" borderId="1" xfId="0" applyBorder="1" applyAlignment="1"><alignment horizontal="left" vertical="top" indent="1" wrapText="1"/></xf>
</cellXfs>
<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>
</styleSheet>`;

/** XML knows no other control characters; what a name cannot hold is shown as a question mark. */
const escaped = (text: string): string =>
  text
    .toWellFormed()
    // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what XML 1.0 refuses
    .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "?")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");

function columnName(index: number): string {
  const rest = Math.floor(index / 26);
  return (rest > 0 ? columnName(rest - 1) : "") + String.fromCharCode(65 + (index % 26));
}

function cellXml(cell: Cell, reference: string, isHead: boolean, wraps: boolean): string {
  if (cell === null || cell === "") return `<c r="${reference}" s="${isHead ? styles.head : styles.plain}"/>`;
  if (typeof cell === "string") {
    const style = isHead ? styles.head : wraps ? styles.wrapped : styles.plain;
    return `<c r="${reference}" s="${style}" t="inlineStr"><is><t xml:space="preserve">${escaped(cell)}</t></is></c>`;
  }
  const { value, format } = typeof cell === "number" ? { value: cell, format: "decimals" as const } : cell;
  if (!Number.isFinite(value)) return "";
  return `<c r="${reference}" s="${styles[format]}"><v>${value}</v></c>`;
}

const rowHeight = 16;
/** Characters that a text takes beside Latin ones: Chinese ones are twice as wide. */
const widthOf = (text: string): number => [...text].reduce((sum, sign) => sum + (sign > "\u2e7f" ? 2 : 1), 0);

/** Office programs do not measure rows of a file: what is broken needs its height said. */
function heightOf(cells: readonly Cell[], widths: readonly number[]): string {
  const lines = cells.map((cell, c) => (typeof cell === "string" ? Math.ceil(widthOf(cell) / (widths[c] ?? 10)) : 1));
  const most = Math.max(1, ...lines);
  return most > 1 ? ` ht="${most * rowHeight}" customHeight="1"` : "";
}

function sheetXml({ widths, rows, headRow, wraps = false }: Sheet): string {
  const columns = widths.map((width, i) => `<col min="${i + 1}" max="${i + 1}" width="${width}" customWidth="1"/>`);
  const pane =
    headRow === undefined
      ? ""
      : `<pane ySplit="${headRow + 1}" topLeftCell="A${headRow + 2}" activePane="bottomLeft" state="frozen"/>`;
  const body = rows.map((cells, r) => {
    // Below a head each row is as long as the head: its line goes through.
    const all = headRow !== undefined && r > headRow ? widths.map((_, c) => cells[c] ?? null) : cells;
    const made = all.map((cell, c) => cellXml(cell, `${columnName(c)}${r + 1}`, r === headRow, wraps));
    return `<row r="${r + 1}"${wraps ? heightOf(cells, widths) : ""}>${made.join("")}</row>`;
  });
  return `${xml}<worksheet xmlns="${main}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr><sheetViews><sheetView workbookViewId="0">${pane}</sheetView></sheetViews><sheetFormatPr defaultRowHeight="${rowHeight}"/><cols>${columns.join("")}</cols><sheetData>${body.join("")}</sheetData>${filterXml(rows, headRow)}<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.6" header="0.3" footer="0.3"/><pageSetup paperSize="9" orientation="landscape" fitToWidth="1" fitToHeight="0"/><headerFooter><oddFooter>&amp;L&amp;A&amp;R&amp;P / &amp;N</oddFooter></headerFooter></worksheet>`;
}

/** Under a head on top rows can be filtered. */
const filterXml = (rows: Sheet["rows"], headRow: number | undefined): string =>
  headRow === 0 ? `<autoFilter ref="A1:${columnName((rows[0]?.length ?? 1) - 1)}${rows.length}"/>` : "";

/** What a printer needs to know: the head on each page, and which columns. */
function namesXml(sheets: readonly Sheet[]): string {
  const names = sheets.flatMap(({ name, rows, headRow, printedColumns }, i) => {
    const sheet = `'${escaped(name).replaceAll("'", "''")}'`;
    const defined = (what: string, text: string) =>
      `<definedName name="_xlnm.${what}" localSheetId="${i}">${sheet}!${text}</definedName>`;
    return [
      ...(printedColumns === undefined
        ? []
        : [defined("Print_Area", `$A$1:$${columnName(printedColumns - 1)}$${rows.length}`)]),
      ...(headRow === undefined ? [] : [defined("Print_Titles", `$${headRow + 1}:$${headRow + 1}`)]),
    ];
  });
  return names.length === 0 ? "" : `<definedNames>${names.join("")}</definedNames>`;
}

/** A workbook (ECMA-376 transitional) that Excel, WPS and LibreOffice open. The same sheets give the same bytes. */
export async function writeXlsx(sheets: readonly Sheet[]): Promise<Buffer> {
  const part = (name: string, text: string) => ({ name, bytes: Buffer.from(text, "utf8") });
  const numbered = sheets.map((sheet, i) => ({ ...sheet, n: i + 1 }));
  const types = [
    `<Override PartName="/xl/workbook.xml" ContentType="${mime}.sheet.main+xml"/>`,
    `<Override PartName="/xl/styles.xml" ContentType="${mime}.styles+xml"/>`,
    ...numbered.map(
      ({ n }) => `<Override PartName="/xl/worksheets/sheet${n}.xml" ContentType="${mime}.worksheet+xml"/>`,
    ),
  ];
  const relations = [
    ...numbered.map(
      ({ n }) => `<Relationship Id="rId${n}" Type="${office}/worksheet" Target="worksheets/sheet${n}.xml"/>`,
    ),
    `<Relationship Id="rId${sheets.length + 1}" Type="${office}/styles" Target="styles.xml"/>`,
  ];
  const list = numbered.map(({ name, n }) => `<sheet name="${escaped(name)}" sheetId="${n}" r:id="rId${n}"/>`);
  return writeZip([
    part(
      "[Content_Types].xml",
      `${xml}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>${types.join("")}</Types>`,
    ),
    part(
      "_rels/.rels",
      `${xml}<Relationships xmlns="${packageRelations}"><Relationship Id="rId1" Type="${office}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    ),
    part(
      "xl/workbook.xml",
      `${xml}<workbook xmlns="${main}" xmlns:r="${office}"><sheets>${list.join("")}</sheets>${namesXml(sheets)}</workbook>`,
    ),
    part(
      "xl/_rels/workbook.xml.rels",
      `${xml}<Relationships xmlns="${packageRelations}">${relations.join("")}</Relationships>`,
    ),
    part("xl/styles.xml", stylesPart),
    ...numbered.map((sheet) => part(`xl/worksheets/sheet${sheet.n}.xml`, sheetXml(sheet))),
  ]);
}
