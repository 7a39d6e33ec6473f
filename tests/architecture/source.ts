import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import ts from "typescript";

export interface Import {
  readonly line: number;
  /** As written. */
  readonly specifier: string;
  /** Path from the root where it is a file of the project, else undefined. */
  readonly file: string | undefined;
  /** Only types come over: nothing is loaded at run time. */
  readonly typesOnly: boolean;
  readonly dynamic: boolean;
  /** Names that come over, as the other file calls them. */
  readonly names: readonly string[];
}

/** A source file as the rules see it. */
export interface Source {
  /** Path from the root, with `/`. */
  readonly file: string;
  readonly text: string;
  readonly lines: number;
  readonly imports: readonly Import[];
  /** Syntax tree; for a Vue component, of its scripts, at their places. */
  readonly tree: ts.SourceFile;
}

const ignored = new Set(["node_modules", "dist", "data", ".git", ".cache", "docs"]);

/** Paths of the project's files that end so, from the root. */
export function filesOf(root: string, endings: readonly string[]): readonly string[] {
  const walk = (folder: string): string[] =>
    readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
      const path = posix.join(folder, entry.name);
      if (entry.isDirectory()) return ignored.has(entry.name) ? [] : walk(path);
      return endings.some((ending) => entry.name.endsWith(ending)) ? [path] : [];
    });
  return walk("").sort();
}

export const readSources = (root: string): readonly Source[] =>
  filesOf(root, [".ts", ".mjs", ".vue"]).map((file) => parseSource(file, readFileSync(join(root, file), "utf8")));

/** Blanks out everything of a Vue component but its scripts; lines and columns stay. */
function scriptsOf(text: string): string {
  const blank = (part: string) => part.replace(/[^\n]/g, " ");
  let script = "";
  let end = 0;
  for (const match of text.matchAll(/(<script[^>]*>)([\s\S]*?)<\/script>/g)) {
    const start = match.index + (match[1]?.length ?? 0);
    script += blank(text.slice(end, start)) + match[2];
    end = start + (match[2]?.length ?? 0);
  }
  return script + blank(text.slice(end));
}

export function parseSource(file: string, text: string): Source {
  const script = file.endsWith(".vue") ? scriptsOf(text) : text;
  const kind = file.endsWith(".mjs") ? ts.ScriptKind.JS : ts.ScriptKind.TS;
  const tree = ts.createSourceFile(file, script, ts.ScriptTarget.Latest, true, kind);
  return {
    file,
    text,
    lines: text.split("\n").length - (text.endsWith("\n") ? 1 : 0),
    imports: importsOf(tree, file),
    tree,
  };
}

export const lineOf = (tree: ts.SourceFile, node: ts.Node): number =>
  tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1;

function resolved(specifier: string, from: string): string | undefined {
  if (specifier.startsWith("#")) return specifier.slice(1);
  return specifier.startsWith(".") ? posix.normalize(posix.join(posix.dirname(from), specifier)) : undefined;
}

function importsOf(tree: ts.SourceFile, file: string): readonly Import[] {
  const found: Import[] = [];
  const add = (
    node: ts.Node,
    specifier: ts.Node | undefined,
    rest: Pick<Import, "typesOnly" | "dynamic" | "names">,
  ) => {
    if (!specifier || !ts.isStringLiteralLike(specifier)) return;
    found.push({ line: lineOf(tree, node), specifier: specifier.text, file: resolved(specifier.text, file), ...rest });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) {
      const { importClause } = node;
      const bindings = importClause?.namedBindings;
      const elements = bindings && ts.isNamedImports(bindings) ? bindings.elements : [];
      const names = elements.map((element) => (element.propertyName ?? element.name).text);
      const onlyNamed = importClause !== undefined && !importClause.name && elements.length > 0;
      const typesOnly =
        importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword ||
        (onlyNamed && elements.every((element) => element.isTypeOnly));
      add(node, node.moduleSpecifier, { typesOnly, dynamic: false, names });
    } else if (ts.isExportDeclaration(node)) {
      const elements = node.exportClause && ts.isNamedExports(node.exportClause) ? node.exportClause.elements : [];
      const names = elements.map((element) => (element.propertyName ?? element.name).text);
      const typesOnly = node.isTypeOnly || (elements.length > 0 && elements.every((element) => element.isTypeOnly));
      add(node, node.moduleSpecifier, { typesOnly, dynamic: false, names });
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node, node.arguments[0], { typesOnly: false, dynamic: true, names: [] });
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      add(node, node.argument.literal, { typesOnly: true, dynamic: false, names: [] });
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}
