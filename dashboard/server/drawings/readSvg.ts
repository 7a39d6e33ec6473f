import type { DrawingElement } from "#shared/model/drawing.ts";
import { CodedError } from "#shared/model/errors.ts";

/** More than a drawing of a line needs, less than costs a page anything. */
const mostElements = 20_000;
const deepest = 64;

const opening = /<([A-Za-z_][\w.:-]*)((?:\s+[A-Za-z_][\w.:-]*\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>/y;
const closing = /<\/([A-Za-z_][\w.:-]*)\s*>/y;
const comment = /<!--[\s\S]*?-->/y;
const declaration = /<\?xml\s[^<>]*\?>/y;
const words = /[^<]+/y;
const attribute = /([A-Za-z_][\w.:-]*)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/g;
const entities: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

interface Opened {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: (DrawingElement | string)[];
}

/** The character that `&name;` stands for. */
function characterOf(name: string): string | undefined {
  if (Object.hasOwn(entities, name)) return entities[name];
  const code = /^#(?:x([0-9a-fA-F]{1,6})|(\d{1,7}))$/.exec(name);
  const point = code ? Number.parseInt(code[1] ?? code[2] ?? "", code[1] ? 16 : 10) : 0;
  const isOne = point > 0 && point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff);
  return isOne ? String.fromCodePoint(point) : undefined;
}

/**
 * The elements of an SVG file. A reader of its own and small, so that nothing is understood that is not wanted: document
 * types, entities, CDATA and processing instructions are refused. Throws `CONFIG` with the line.
 */
export function readSvg(file: string): DrawingElement {
  const source = file.replace(/^\uFEFF/, "");
  let at = 0;
  let count = 0;
  let root: Opened | undefined;
  const stack: Opened[] = [];
  const fail = (what: string): never => {
    throw new CodedError("CONFIG", `line ${source.slice(0, at).split("\n").length}: ${what}`);
  };
  const next = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(source);
  };
  const decoded = (raw: string): string =>
    raw.replace(/&([^;&\s]*)(;?)/g, (whole: string, name: string, end: string) => {
      const character = end === ";" ? characterOf(name) : undefined;
      return character ?? fail(`\`${whole}\` stands for no character; write &amp; for &.`);
    });
  const attributesOf = (written: string): Record<string, string> => {
    const attributes = new Map<string, string>();
    for (const [, name = "", double, single] of written.matchAll(attribute)) {
      if (attributes.has(name)) fail(`\`${name}\` is written twice.`);
      attributes.set(name, decoded(double ?? single ?? ""));
    }
    return Object.fromEntries(attributes);
  };
  const enter = ([, name = "", written = "", ends = ""]: RegExpExecArray): void => {
    if (++count > mostElements) fail(`more than ${mostElements} elements.`);
    if (root && stack.length === 0) fail(`\`<${name}>\` stands behind the end of the drawing.`);
    const element: Opened = { name, attributes: attributesOf(written), children: [] };
    stack.at(-1)?.children.push(element);
    root ??= element;
    if (ends === "" && stack.push(element) > deepest) fail(`elements are nested deeper than ${deepest}.`);
  };
  const leave = ([, name]: RegExpExecArray): void => {
    if (stack.pop()?.name !== name) fail(`\`</${name}>\` closes nothing that is open.`);
  };
  const take = ([text]: RegExpExecArray): void => {
    const inside = stack.at(-1);
    if (inside) inside.children.push(decoded(text));
    else if (text.trim() !== "") fail("text outside of the drawing.");
  };
  const kinds: readonly (readonly [RegExp, (found: RegExpExecArray) => void])[] = [
    [opening, enter],
    [closing, leave],
    [words, take],
    [comment, () => {}],
    [declaration, () => (root ? fail("a declaration inside of the drawing.") : undefined)],
  ];

  while (at < source.length) {
    const known = kinds.find(([pattern]) => next(pattern) !== null);
    const found = known && next(known[0]);
    if (!known || !found) {
      const part = source.slice(at, at + 24).split("\n")[0];
      return fail(`\`${part}\` is not allowed in a drawing; elements, text and comments are.`);
    }
    known[1](found);
    at += found[0].length;
  }
  return root && stack.length === 0 ? root : fail("the drawing has no end.");
}
