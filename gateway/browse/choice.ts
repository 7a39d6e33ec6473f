import { CodedError } from "#shared/model/errors.ts";
import { suggest } from "#shared/plant/nearest.ts";

/** What can be chosen by. */
export interface Choosable {
  readonly id: string | undefined;
  readonly path: string;
  readonly displayName: { readonly text: string };
}

/** `*` stands for any text, `?` for one character; without either the text may stand anywhere. Case does not matter. */
export function filterOf(pattern: string): (node: Choosable) => boolean {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&");
  const isGlob = /[*?]/.test(pattern);
  const expression = isGlob ? `^${escaped.replaceAll("*", ".*").replaceAll("?", ".")}$` : escaped;
  const wanted = new RegExp(expression, "isu");
  return ({ path, displayName }) => wanted.test(path) || wanted.test(displayName.text);
}

/** The nodes with these paths or node ids, in the order of the list; throws `CONFIG` for one that is not there. */
export function chosenOf<N extends Choosable>(nodes: readonly N[], names: readonly string[]): readonly N[] {
  const has = ({ id, path }: N, name: string) => path === name || id === name;
  const unknown = names.filter((name) => !nodes.some((node) => has(node, name)));
  if (unknown.length > 0) {
    const [first = ""] = unknown;
    const remedy = suggest(first, nodes.map(({ path }) => path).slice(0, mostSuggested), "paths here");
    throw new CodedError("CONFIG", `--choose: there is no \`${unknown.join("`, `")}\`; ${remedy}`);
  }
  return nodes.filter((node) => names.some((name) => has(node, name)));
}

/** Comparing with all of a large server would take longer than looking at its list. */
const mostSuggested = 2_000;
