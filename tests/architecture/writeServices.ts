import ts from "typescript";
import { perFile, type Rule } from "./rule.ts";
import { lineOf } from "./source.ts";

/** Services of OPC 10000-4 that change something at a server, and the client's calls for them. */
const writeServices =
  /^((Write|Call|HistoryUpdate|AddNodes|DeleteNodes|AddReferences|DeleteReferences)Request|call|callMethod|historyUpdate|(add|delete)(Nodes|References)|CallMethodRequest)$/;
/** Function codes that write: 5, 6, 15, 16, 22 and 23 (Modbus Application Protocol V1.1b3, 6). */
const writeFunctions = new Set(["5", "6", "15", "16", "22", "23"]);
const namesFunctions = /function|^fc\d*$/i;

/** Monitoring only (D13): no service and no function code that writes is named anywhere in the gateway. */
export const writeServiceRule: Rule = perFile(({ file, tree, imports }) => {
  if (!file.startsWith("gateway/")) return [];
  const ofServer = imports.filter(({ specifier }) => specifier === "node-opcua");
  const found = ofServer.flatMap(({ line, names }) =>
    names.filter((name) => writeServices.test(name)).map((name) => ({ line, what: writes(name) })),
  );
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAccessExpression(node) && writeServices.test(node.name.text)) {
      found.push({ line: lineOf(tree, node.name), what: writes(node.name.text) });
    }
    if (ts.isNumericLiteral(node) && writeFunctions.has(node.text) && isFunctionCode(node)) {
      found.push({ line: lineOf(tree, node), what: writes(`function code ${node.text}`) });
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
});

const writes = (name: string): string => `\`${name}\` changes a device: the gateway only ever reads`;

/** Whether a number stands where something is called a function code: its own name, a table's, the other side's. */
function isFunctionCode(literal: ts.Node): boolean {
  for (
    let { parent: node }: ts.Node = literal;
    node && !ts.isBlock(node) && !ts.isSourceFile(node);
    node = node.parent
  ) {
    if (ts.isBinaryExpression(node) && (isNamed(node.left) || isNamed(node.right))) return true;
    if (ts.isPropertyAssignment(node) && isNamed(node.name)) return true;
    if (ts.isVariableDeclaration(node)) return isNamed(node.name);
    if (ts.isFunctionLike(node)) return false;
  }
  return false;
}

const isNamed = (node: ts.Node): boolean =>
  ts.isPropertyAccessExpression(node)
    ? namesFunctions.test(node.name.text)
    : ts.isIdentifier(node) && namesFunctions.test(node.text);
