import type { Drawing, DrawingElement } from "#shared/model/drawing.ts";
import { CodedError } from "#shared/model/errors.ts";
import { allowedAttributes, allowedElements, allowedFunctions, styleProperties } from "./allowed.ts";

const localName = /^[A-Za-z_][\w.-]*$/;
/** A reference within the drawing. */
const ownReference = /^url\(\s*(["']?)#([A-Za-z_][\w.-]*)\1\s*\)$/;
/** Ids of a drawing are kept apart from those of the page. */
const prefix = "drawing-";

/**
 * A drawing with what is allowed and nothing else: whatever has no name in the lists is left out with all that it holds,
 * and so is a value that could refer to anything but the drawing itself. `isTag` knows the line's `equipment/tag`.
 */
export function sanitise(root: DrawingElement, isTag: (name: string) => boolean): Drawing {
  const removed = new Set<string>();
  const unknownTags = new Set<string>();

  const safeValue = (name: string, value: string): string | undefined => {
    if (name === "id") return localName.test(value) ? prefix + value : undefined;
    if (name === "data-tag") {
      if (isTag(value)) return value;
      unknownTags.add(value.slice(0, 200));
      return undefined;
    }
    const own = ownReference.exec(value)?.[2];
    if (own !== undefined) return `url(#${prefix}${own})`;
    if (/[<>{}\\@;:!]|\/\*/.test(value)) return undefined;
    const called = [...value.matchAll(/([A-Za-z-]*)\s*\(/g)].map(([, word = ""]) => word);
    return called.every((word) => allowedFunctions.has(word)) ? value : undefined;
  };
  const kept = (
    written: readonly (readonly [name: string, value: string])[],
    allowed: ReadonlySet<string>,
  ): readonly (readonly [string, string])[] =>
    written.flatMap(([name, value]) => {
      const safe = allowed.has(name) ? safeValue(name, value) : undefined;
      if (safe === undefined && name !== "data-tag") removed.add(name);
      return safe === undefined ? [] : [[name, safe] as const];
    });
  /** A style is its properties as attributes: pages allow no inline styles. */
  const styleOf = (style = ""): readonly (readonly [string, string])[] =>
    style
      .split(";")
      .map((rule) => rule.split(":"))
      .flatMap(([name = "", ...value]) => (name.trim() === "" ? [] : [[name.trim(), value.join(":").trim()] as const]));
  const clean = ({ name, attributes, children }: DrawingElement): DrawingElement => {
    const { style, ...others } = attributes;
    const written = Object.entries(others).filter(([key]) => key !== "xmlns" && !key.startsWith("xmlns:"));
    return {
      name,
      attributes: Object.fromEntries([...kept(written, allowedAttributes), ...kept(styleOf(style), styleProperties)]),
      children: children.flatMap((child): readonly (DrawingElement | string)[] => {
        if (typeof child === "string") return child.trim() === "" ? [] : [child];
        if (allowedElements.has(child.name)) return [clean(child)];
        removed.add(child.name);
        return [];
      }),
    };
  };

  if (root.name !== "svg")
    throw new CodedError("CONFIG", `line 1: the file begins with \`<${root.name}>\`, not with \`<svg>\`.`);
  const cleaned = clean(root);
  return { root: cleaned, removed: [...removed].sort(), unknownTags: [...unknownTags].sort() };
}
