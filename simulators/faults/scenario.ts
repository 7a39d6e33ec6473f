import { readFile } from "node:fs/promises";
import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type YAMLMap } from "yaml";
import { CodedError, messageOf } from "#shared/model/errors.ts";
import { type Fault, faultKinds, faultNames, type Scenario, type Step, timing } from "./catalogue.ts";
import type { Key } from "./keys.ts";

/** Reads a scenario file; throws `CONFIG` with file, line, key and remedy where something in it is wrong. */
export async function readScenario(file: string): Promise<Scenario> {
  let source: string;
  try {
    source = await readFile(file, "utf8");
  } catch (error) {
    throw new CodedError("CONFIG", `the scenario cannot be read: ${messageOf(error)}. Name it with --scenario.`);
  }
  return parseScenario(source, file);
}

/** Where something is written: what a mistake names. */
type Refuse = (node: Node | undefined, key: string, what: string, remedy: string) => CodedError;

/** The scenario in `source`; `file` only goes into the mistakes. */
export function parseScenario(source: string, file: string): Scenario {
  const counter = new LineCounter();
  const document = parseDocument(source, { lineCounter: counter, prettyErrors: false, version: "1.2" });
  const refuse: Refuse = (node, key, what, remedy) => {
    const { line } = counter.linePos(node?.range?.[0] ?? 0);
    return new CodedError("CONFIG", `${file}:${Math.max(1, line)}: ${key}: ${what}; ${remedy}`);
  };
  const [broken] = [...document.errors, ...document.warnings];
  if (broken) {
    const { line } = counter.linePos(broken.pos[0]);
    throw new CodedError("CONFIG", `${file}:${line}: ${broken.message}; correct the YAML at this place.`);
  }
  const root = document.contents;
  if (!isMap(root)) throw refuse(undefined, "the file", "a mapping is needed", "begin with `steps:`.");
  const entries = entriesOf(root, "", refuse);
  const stray = [...entries].find(([key]) => key !== "steps");
  if (stray) throw refuse(stray[1], stray[0], "this key is unknown", "a scenario has the one key `steps`.");
  const list = entries.get("steps");
  if (!isSeq(list)) throw refuse(list, "steps", "a list is needed", "write `- fault: <name>` for each step.");
  return { steps: list.items.map((item, i) => stepOf(item as Node, `steps[${i}]`, refuse)) };
}

function entriesOf(map: YAMLMap, path: string, refuse: Refuse): ReadonlyMap<string, Node> {
  return new Map(
    map.items.map(({ key, value }) => {
      const name = isScalar(key) ? String(key.value) : "";
      if (value === null || (isScalar(value) && value.value === null))
        throw refuse(key as Node, `${path}${name}`, "has no value", "write one, or remove the key.");
      return [name, value as Node];
    }),
  );
}

function stepOf(item: Node, path: string, refuse: Refuse): Step {
  if (!isMap(item)) throw refuse(item, path, "a mapping is needed", "write `fault: <name>` and its keys.");
  const entries = entriesOf(item, `${path}.`, refuse);
  const named = entries.get("fault");
  const name = faultNames.find((one) => isScalar(named) && named.value === one);
  if (!name) {
    const what = named === undefined ? "is missing" : `there is no fault \`${String(named)}\``;
    throw refuse(named ?? item, `${path}.fault`, what, `choose one of ${faultNames.join(", ")}.`);
  }
  const own: Readonly<Record<string, Key>> = faultKinds[name].keys;
  const known = ["fault", ...Object.keys(timing), ...Object.keys(own)];
  const stray = [...entries].find(([key]) => !known.includes(key));
  if (stray)
    throw refuse(stray[1], `${path}.${stray[0]}`, `${name} has no such key`, `its keys are ${known.join(", ")}.`);
  const read = (keys: Readonly<Record<string, Key>>) =>
    Object.fromEntries(
      Object.entries(keys).map(([key, kind]) => [
        key,
        checkedValue(kind, entries.get(key), (what, remedy) =>
          refuse(entries.get(key) ?? item, `${path}.${key}`, what, remedy),
        ),
      ]),
    );
  // Just read by its own declaration.
  const step = { ...read(timing), fault: { fault: name, ...read(own) } as unknown as Fault } as unknown as Step;
  if (step.every !== undefined && (step.for === undefined || step.for > step.every)) {
    throw refuse(entries.get("every"), `${path}.every`, "the step would not end before it begins again", "set `for`.");
  }
  return step;
}

function checkedValue(
  kind: Key,
  node: Node | undefined,
  refuse: (what: string, remedy: string) => CodedError,
): string | number | undefined {
  const value: unknown = isScalar(node) ? node.value : node && refuse("a single value is needed", kind.help);
  if (value instanceof CodedError) throw value;
  if (value === undefined) {
    if (kind.kind !== "text" && kind.default !== undefined) return kind.default;
    if (kind.optional) return undefined;
    throw refuse("is missing", `write it: ${kind.help}`);
  }
  switch (kind.kind) {
    case "number": {
      const fits = typeof value === "number" && value >= kind.min && value <= kind.max;
      if (fits && (!kind.whole || Number.isInteger(value))) return value;
      const sort = kind.whole ? "a whole number" : "a number";
      throw refuse(`\`${String(value)}\` does not fit`, `write ${sort} from ${kind.min} to ${kind.max}.`);
    }
    case "choice": {
      const found = kind.of.find((one) => one === value);
      if (found !== undefined) return found;
      throw refuse(`\`${String(value)}\` does not fit`, `choose one of ${kind.of.join(", ")}.`);
    }
    case "text":
      if (typeof value === "string" && value !== "") return value;
      throw refuse(`\`${String(value)}\` does not fit`, "write a text.");
  }
}
