import { isAlias, LineCounter, type Node, parseDocument, type YAMLError } from "yaml";

export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface SyntaxMistake extends Place {
  readonly what: string;
  readonly remedy: string;
}

/** A YAML text as nodes that know their place. */
export interface YamlSource {
  readonly root: Node | null;
  readonly mistakes: readonly SyntaxMistake[];
  placeOf(node: Node): Place;
  /** The node itself, or what its alias stands for. */
  resolve(node: Node): Node | undefined;
}

/** What to do about the mistakes of YAML that people make most; by the parser's own codes. */
const remedies: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: "keep one of the two.",
  TAB_AS_INDENT: "indent with spaces.",
  BAD_INDENT: "give the keys of one object the same indent.",
  BLOCK_AS_IMPLICIT_KEY: "put the value on a line of its own, or in quotes.",
  MISSING_CHAR: "close the quote or bracket, or put a space behind the colon.",
  MULTIPLE_DOCS: "keep one document: remove the `---` between them.",
  TAG_RESOLVE_FAILED: "remove the tag; the schema gives every value its type.",
};

export function readYaml(text: string, file: string): YamlSource {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false, version: "1.2" });
  const at = (offset: number): Place => {
    const { line, col } = counter.linePos(offset);
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  return {
    root: document.contents,
    mistakes: worthTelling([...document.errors, ...document.warnings]).map((error) => ({
      ...at(error.pos[0]),
      what: `not valid YAML: ${error.message.replace(/[.\s]+$/, "")}`,
      remedy: remedies[error.code] ?? "correct the YAML at this place.",
    })),
    placeOf: (node) => at(node.range?.[0] ?? 0),
    resolve: (node) => (isAlias(node) ? node.resolve(document) : node),
  };
}

/** What follows the first break of the grammar is mostly its consequence. */
function worthTelling(errors: readonly YAMLError[]): readonly YAMLError[] {
  const harmless = (error: YAMLError) => error.code === "DUPLICATE_KEY" || error.code === "TAG_RESOLVE_FAILED";
  const broken = errors.find((error) => !harmless(error));
  return errors.filter((error) => error === broken || harmless(error));
}
