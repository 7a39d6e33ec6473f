/** Characters and length of an id in plant.yaml. */
const unfit = /[^A-Za-z0-9_-]+/g;
const longest = 63;
const foreignLetter = /[^\P{L}A-Za-z]/u;

export interface Nameable {
  readonly id: string | undefined;
  readonly path: string;
  readonly browseName: string;
}

/**
 * An id for each variable, unique whatever the case: its browse name; with its parent's where that is taken; its node
 * id where the name has letters that an id cannot have.
 */
export function tagIdsFor(variables: readonly Nameable[]): readonly string[] {
  const taken = new Set<string>();
  return variables.map((variable, i) => {
    const proposals = candidatesOf(variable)
      .map(fitting)
      .filter((id) => id !== "");
    if (proposals.length === 0) proposals.push(`tag-${i + 1}`);
    const free = proposals.find((id) => !taken.has(id.toLowerCase()));
    const id = free ?? numbered(proposals[0] ?? "", taken);
    taken.add(id.toLowerCase());
    return id;
  });
}

function candidatesOf({ id, path, browseName }: Nameable): readonly string[] {
  const identifier = (id ?? "").replace(/^(nsu=[^;]*;)?/, "");
  // s=Oven.Temp becomes Oven-Temp; i=1001 stays a number with its letter.
  const byNode = identifier.startsWith("s=") ? identifier.slice(2) : identifier;
  const withParent = path.split("/").slice(-2).join("-");
  const written = [browseName, withParent].filter((name) => !foreignLetter.test(name));
  return [...written, byNode, browseName];
}

const trimmed = (text: string): string => text.replace(/^[-_]+|[-_]+$/g, "");
const fitting = (text: string): string => trimmed(trimmed(text.replace(unfit, "-")).slice(0, longest));

function numbered(id: string, taken: ReadonlySet<string>): string {
  for (let n = 2; ; n++) {
    const next = `${id.slice(0, longest - String(n).length - 1)}-${n}`;
    if (!taken.has(next.toLowerCase())) return next;
  }
}
