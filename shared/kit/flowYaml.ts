/** What YAML's flow style can hold. */
export type FlowValue =
  | string
  | number
  | boolean
  | readonly FlowValue[]
  | { readonly [key: string]: FlowValue | undefined };

/** Letters first, and nothing in it that YAML gives a meaning to. */
const plainText = /^[\p{L}][\p{L}\p{N}_ ()（）、。，°./·-]*[\p{L}\p{N}_)）。]$|^\p{L}$/u;
const words = new Set(["true", "false", "null", "yes", "no", "on", "off", "y", "n"]);

export const scalar = (value: string | number | boolean): string => {
  if (typeof value !== "string") return String(value);
  return plainText.test(value) && !words.has(value.toLowerCase()) ? value : JSON.stringify(value);
};

/** A key as text: whole numbers are read back as they stand, everything else by the rules of a value. */
export const flowKey = (key: string): string => (/^(0|[1-9]\d{0,14})$/.test(key) ? key : scalar(key));

/** One line of YAML in flow style; keys with undefined are left out. */
export function flow(value: FlowValue): string {
  if (typeof value !== "object") return scalar(value);
  if (Array.isArray(value)) return `[${value.map(flow).join(", ")}]`;
  const pairs = Object.entries(value).flatMap(([key, item]) =>
    item === undefined ? [] : [`${flowKey(key)}: ${flow(item as FlowValue)}`],
  );
  return `{ ${pairs.join(", ")} }`;
}
