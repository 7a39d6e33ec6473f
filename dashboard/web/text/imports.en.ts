import type { importsZh } from "./imports.zh.ts";

export const importsEn: typeof importsZh = {
  import: "Import CSV…",
  importOf: (what) => `Import CSV: ${what}`,
  export: "Export CSV",
  exportOf: (what) => `Export CSV: ${what}`,
  help: "The columns are those of an exported CSV, which Excel and WPS edit. A file is tried first and nothing is written; what is there already is not imported again.",
  file: "CSV file",
  choose: "Choose a file first.",
  trying: "Trying…",
  would: (added, there) =>
    there > 0 ? `${added} would be added; ${there} are there already.` : `${added} would be added.`,
  nothing: (there) => (there > 0 ? `Nothing new: all ${there} are there already.` : "The file holds no records."),
  problems: (n) =>
    `${n} ${n === 1 ? "mistake" : "mistakes"}; nothing is imported. Repair the file and choose it again.`,
  line: "Line",
  column: "Column",
  problem: "What is wrong",
  more: (n) => `and ${n} more`,
  submit: (added) => (added > 0 ? `Import ${added}` : "Import"),
};
