export type Environment = Readonly<Record<string, string | undefined>>;

export interface Expanded {
  readonly text: string;
  /** The whole text was one `${NAME}` or `${NAME:default}`: it may then stand for a number or true/false. */
  readonly whole: boolean;
  /** Variables that are not set and have no default. */
  readonly missing: readonly string[];
}

const variable = /\$?\$\{([A-Za-z_][A-Za-z0-9_]*)(?::([^}]*))?\}/g;

/** Replaces `${NAME}` and `${NAME:default}`; `$${NAME}` stays as the text `${NAME}`. */
export function expand(text: string, env: Environment): Expanded {
  const missing: string[] = [];
  let whole = false;
  const expanded = text.replace(variable, (match: string, name: string, fallback: string | undefined) => {
    if (match.startsWith("$$")) return match.slice(1);
    whole = match.length === text.length;
    const value = env[name] ?? fallback;
    if (value === undefined) missing.push(name);
    return value ?? "";
  });
  return { text: expanded, whole, missing };
}

/** `text` so written that `expand` gives it back as it is. */
export const unexpanded = (text: string): string => text.replace(variable, "$$$&");
