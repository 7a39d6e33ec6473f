import { readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { filesOf } from "../architecture/source.ts";

export const root = fileURLToPath(new URL("../..", import.meta.url));

export interface Page {
  /** Path from the root. */
  readonly file: string;
  readonly text: string;
}

export interface Piece {
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

const inDocs = (file: string): boolean => !file.startsWith("tests/") && !file.startsWith("node_modules/");

/** Every page that people read. */
export const pages = (): readonly Page[] =>
  [...filesOf(root, [".md"]), ...filesOf(join(root, "docs"), [".md"]).map((file) => posix.join("docs", file))]
    .filter(inDocs)
    .map((file) => ({ file, text: readFileSync(join(root, file), "utf8") }));

/** Code on a page: each line of a fenced block, each span in backticks. */
export function codeOf({ file, text }: Page): readonly Piece[] {
  let fenced = false;
  return text.split("\n").flatMap((content, i): Piece[] => {
    const line = i + 1;
    if (content.trimStart().startsWith("```")) {
      fenced = !fenced;
      return [];
    }
    if (fenced) return [{ file, line, text: content }];
    return [...content.matchAll(/`([^`]+)`/g)].map((match) => ({ file, line, text: match[1] ?? "" }));
  });
}

/** Targets of the links of a page that lead to other files of the project, or within the page. */
export const linksOf = ({ file, text }: Page): readonly Piece[] =>
  text
    .split("\n")
    .flatMap((content, i) =>
      [...content.replace(/`[^`]*`/g, "").matchAll(/\]\(([^)\s]+)\)/g)].map((match) => ({
        file,
        line: i + 1,
        text: match[1] ?? "",
      })),
    )
    .filter(({ text: target }) => !/^[a-z]+:/.test(target));

/** The anchors of a page's headings, as the usual renderers make them. */
export const anchorsOf = ({ text }: Page): ReadonlySet<string> =>
  new Set(
    [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) =>
      title
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );
