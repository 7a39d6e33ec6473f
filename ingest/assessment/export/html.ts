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
}

const cellOf = (cell: string | HtmlCell, tag: "td" | "th"): string => {
  const { text, class: style } = typeof cell === "string" ? { text: cell } : cell;
  return `<${tag}${style ? ` class="${style}"` : ""}>${escapeHtml(text)}</${tag}>`;
};

export const htmlTable = (head: readonly string[], rows: readonly (readonly (string | HtmlCell)[])[]): string =>
  `<table><thead><tr>${head.map((text) => cellOf(text, "th")).join("")}</tr></thead><tbody>${rows
    .map((cells) => `<tr>${cells.map((cell) => cellOf(cell, "td")).join("")}</tr>`)
    .join("")}</tbody></table>`;
