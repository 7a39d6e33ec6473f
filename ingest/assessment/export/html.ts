const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text for content and attributes of HTML and SVG. */
export const escapeHtml = (text: string): string => text.replaceAll(/[&<>"']/g, (sign) => entities[sign] ?? sign);

/** A cell of a table; `number` stands to the right, `wide` may be broken anywhere. */
export interface HtmlCell {
  readonly text: string;
  readonly class?: "number" | "wide" | "muted";
  /** Rows that it stands for; the rows below leave it out. */
  readonly rows?: number;
}

const cellOf = (cell: string | HtmlCell, tag: "td" | "th"): string => {
  const { text, class: style, rows = 1 } = typeof cell === "string" ? ({ text: cell } as HtmlCell) : cell;
  return `<${tag}${style ? ` class="${style}"` : ""}${rows > 1 ? ` rowspan="${rows}"` : ""}>${escapeHtml(text)}</${tag}>`;
};

type Rows = readonly (readonly (string | HtmlCell)[])[];
const rowsOf = (rows: Rows): string =>
  rows.map((cells) => `<tr>${cells.map((cell) => cellOf(cell, "td")).join("")}</tr>`).join("");

/** A table whose head is repeated on each page. With `widthsMm` columns keep these widths, whatever stands in them. */
export function htmlTable(head: readonly string[], rows: Rows, widthsMm?: readonly number[]): string {
  return bodiesTable(head, [rows], widthsMm);
}

/** The same in parts that are not torn over two pages where they fit on one. */
export function bodiesTable(head: readonly string[], bodies: readonly Rows[], widthsMm?: readonly number[]): string {
  const columns = widthsMm
    ? `<colgroup>${widthsMm.map((mm) => `<col style="width:${mm}mm">`).join("")}</colgroup>`
    : "";
  // Heads stand as what is below them does.
  const below = bodies.find((rows) => rows[0]?.length === head.length)?.[0] ?? [];
  const isNumber = (i: number): boolean => {
    const cell = below[i];
    return typeof cell === "object" && cell.class === "number";
  };
  const parts = bodies.map((rows) => `<tbody>${rowsOf(rows)}</tbody>`).join("");
  return `<table${widthsMm ? ' class="fixed"' : ""}>${columns}<thead><tr>${head
    .map((text, i) => cellOf(isNumber(i) ? number(text) : text, "th"))
    .join("")}</tr></thead>${parts}</table>`;
}

/** What stands beside what: a term and its text. */
export const facts = (pairs: readonly (readonly [string, string])[]): string =>
  `<dl>${pairs.map(([name, text]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(text)}</dd>`).join("")}</dl>`;

export const number = (text: string): HtmlCell => ({ text, class: "number" });
export const wide = (text: string): HtmlCell => ({ text, class: "wide" });
