import ts from "typescript";
import { perFile, type Rule } from "./rule.ts";
import { lineOf, type Source } from "./source.ts";

const mostLines = 300;
const mostTestLines = 400;

/** Files small enough to be read at once. */
export const sizeRule: Rule = perFile(({ file, lines }) => {
  const most = file.startsWith("tests/") ? mostTestLines : mostLines;
  return lines > most ? [{ line: most + 1, what: `has ${lines} lines, at most ${most} are allowed` }] : [];
});

/** Called as they stand: timers, and what reads the clock, dice or terminal of the machine. */
const bannedCalls = new Set(["setTimeout", "setInterval"]);
const bannedMembers = new Set(["Date.now", "performance.now", "Math.random"]);

/** Where the machine's own clock and dice come in, and where tools and tests stand. */
const isSeam = (file: string): boolean =>
  file === "shared/kit/clock.ts" ||
  file === "dashboard/web/kit/pageClock.ts" ||
  /(^|\/)([a-z]\w*M|m)ain\.ts$/.test(file) ||
  file.startsWith("tests/") ||
  !file.includes("/");

const members = ["globalThis", "window", "self"];

/** The global that an expression names: `Date.now`, `setTimeout`, also behind `globalThis.`; undefined for others. */
function globalOf(node: ts.Expression): string | undefined {
  if (ts.isIdentifier(node)) return node.text;
  if (!ts.isPropertyAccessExpression(node)) return undefined;
  const left = globalOf(node.expression);
  return left !== undefined && members.includes(left) ? node.name.text : left && `${left}.${node.name.text}`;
}

/** Time, randomness and output come in as arguments. */
export const globalsRule: Rule = perFile(({ file, tree }) => {
  const found: { line: number; what: string }[] = [];
  if (isSeam(file)) return found;
  const visit = (node: ts.Node): void => {
    const name = bannedGlobal(node);
    if (name)
      found.push({ line: lineOf(tree, node), what: `\`${name}\`: take a Clock, \`random\` or a Log as an argument` });
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
});

function bannedGlobal(node: ts.Node): string | undefined {
  if (ts.isNewExpression(node) && globalOf(node.expression) === "Date" && !node.arguments?.length) return "new Date()";
  if (ts.isPropertyAccessExpression(node)) {
    const name = globalOf(node);
    return name && (bannedMembers.has(name) || /^console\.\w+$/.test(name)) ? name : undefined;
  }
  if (!ts.isIdentifier(node) || !bannedCalls.has(node.text)) return undefined;
  const { parent } = node;
  const isName =
    ts.isPropertyAccessExpression(parent) || ts.isPropertyAssignment(parent) || ts.isMethodDeclaration(parent);
  const isGlobal = ts.isPropertyAccessExpression(parent) && globalOf(parent) === node.text;
  return isName && !isGlobal ? undefined : node.text;
}

/**
 * The bytes of a request must go out somewhere: there alone a stream is written to, and what it gets is a frame, which
 * has room for the function codes that read and for no other (gateway/drivers/modbus/frames/pdu.ts).
 */
const isTransport = (file: string): boolean => /^gateway\/drivers\/\w+\/transports\//.test(file);

/** Monitoring only: nothing in the gateway's drivers calls a service that writes to a device (D13). */
export const readOnlyRule: Rule = perFile(({ file, tree }) => {
  const found: { line: number; what: string }[] = [];
  if (!file.startsWith("gateway/drivers/")) return found;
  const visit = (node: ts.Node): void => {
    const name = ts.isPropertyAccessExpression(node) ? node.name : ts.isStringLiteralLike(node) ? node : undefined;
    const isBytes = name?.text === "write" && isTransport(file);
    if (name && !isBytes && /^(mask)?write[A-Z0-9]?\w*$/i.test(name.text)) {
      found.push({ line: lineOf(tree, name), what: `\`${name.text}\` writes: a driver only ever reads` });
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
});

/** Tools that ask for a default export. */
const defaultExports = new Set(["vitest.config.ts", "dashboard/web/vite.config.ts"]);

/** No barrels, no default exports, no module state, no notes to oneself. */
export const habitsRule: Rule = perFile((source) => [
  ...(/(^|\/)index\.ts$/.test(source.file)
    ? [{ line: 1, what: "is a barrel: name the file after what it holds" }]
    : []),
  ...source.tree.statements.flatMap((statement) => statementHabits(source, statement)),
  ...notesIn(source),
]);

/** A thread of its own is made once per thread: its module is what a constructor is elsewhere. */
const isThread = ({ imports }: Source): boolean => imports.some(({ names }) => names.includes("workerData"));

function statementHabits(source: Source, statement: ts.Statement): { line: number; what: string }[] {
  const { file, tree } = source;
  const line = lineOf(tree, statement);
  if (ts.isExportDeclaration(statement) && statement.moduleSpecifier && !statement.exportClause) {
    return [{ line, what: "`export *` hides where a name comes from" }];
  }
  if (ts.isExportAssignment(statement) && !defaultExports.has(file)) {
    return [{ line, what: "default export: give it its name" }];
  }
  if (ts.isVariableStatement(statement) && !file.startsWith("tests/")) {
    const isConst = (statement.declarationList.flags & ts.NodeFlags.Const) !== 0;
    return isConst || file.endsWith(".vue") || isThread(source)
      ? []
      : [{ line, what: "module state: keep it in what makes it" }];
  }
  if (ts.isEnumDeclaration(statement) || ts.isModuleDeclaration(statement)) {
    const isType = statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.DeclareKeyword);
    return isType ? [] : [{ line, what: "Node's type stripping refuses enum and namespace" }];
  }
  return [];
}

const note = /\b(TODO|FIXME|XXX|HACK)\b/;

function notesIn({ file, text }: Source): { line: number; what: string }[] {
  if (file.startsWith("tests/architecture/")) return [];
  return text
    .split("\n")
    .flatMap((line, i) =>
      note.test(line) ? [{ line: i + 1, what: "a note to oneself: do it, or write an issue" }] : [],
    );
}
