import { isCollection, isMap, isPair, isScalar, isSeq, type Node } from "yaml";
import { type FlowValue, flow, flowKey } from "#shared/kit/flowYaml.ts";
import { keyOf } from "../conform.ts";
import type { MapNode, PairNode, SeqNode } from "../templates/yamlMaps.ts";

/** New values by key; undefined takes the key away, an object is put into the one that stands there. */
export interface Patch {
  readonly [key: string]: PatchValue | undefined;
}
export type PatchValue = string | number | boolean | readonly PatchValue[] | Patch;

interface Splice {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/**
 * Changes values of a YAML text in place: comments, order and form of everything else stay as they are. What is new is
 * written on one line. Nodes are those of the text; where they lie inside each other, the inner ones come first.
 */
export class YamlEdits {
  readonly #text: string;
  readonly #eol: string;
  readonly #splices: Splice[] = [];

  constructor(text: string) {
    this.#text = text;
    this.#eol = text.includes("\r\n") ? "\r\n" : "\n";
  }

  /** The text with every change. */
  apply(): string {
    let text = "";
    let at = 0;
    for (const { from, to, text: put } of this.#splices.toSorted((a, b) => a.from - b.from || a.to - b.to)) {
      text += this.#text.slice(at, from) + put;
      at = to;
    }
    return text + this.#text.slice(at);
  }

  /** Changes keys of an object; not every one of its keys may be taken away. */
  patch(map: MapNode, patch: Patch): void {
    const gone = new Set<number>();
    for (const [i, pair] of map.items.entries()) {
      const key = keyOf(pair);
      if (!Object.hasOwn(patch, key)) continue;
      const value = patch[key];
      const left = written(value);
      const below = value !== undefined && isPatch(value) && isMap(pair.value) ? (pair.value as MapNode) : undefined;
      if (below && !isEmptied(below, value as Patch)) this.patch(below, value as Patch);
      else if (left === undefined) gone.add(i);
      else this.#replace(pair, left);
    }
    const added = Object.entries(patch).flatMap(([key, value]) => {
      const left = map.items.some((pair) => keyOf(pair) === key) ? undefined : written(value);
      return left === undefined ? [] : [`${flowKey(key)}: ${flow(left)}`];
    });
    this.#members(map, this.#spansOf(map.items), gone, added);
  }

  /** Takes members of an object's list away, and puts new ones behind the rest. */
  list(map: MapNode, key: string, gone: ReadonlySet<Node>, added: readonly Patch[]): void {
    const pair = map.items.find((item) => keyOf(item) === key);
    const texts = added.flatMap((value) => written(value) ?? []).map(flow);
    const seq = pair && isSeq(pair.value) ? (pair.value as SeqNode) : undefined;
    // Many members of one list do not share one line.
    const begun = /^[ -]*/.exec(this.#text.slice(this.#lineStart(start(map))))?.[0] ?? "";
    const inFlow = texts.length === 0 ? [] : [texts.join(`,${this.#eol}${" ".repeat(begun.length + 2)}`)];
    const goesOn = seq?.items.some((item) => !gone.has(item)) || (seq?.items.length && !seq.flow && texts.length > 0);
    if (seq && goesOn) {
      const spans = seq.items.map((item) => ({
        from: seq.flow ? start(item) : this.#text.lastIndexOf("-", start(item)),
        to: this.#end(item),
      }));
      const numbers = new Set(seq.items.flatMap((item, i) => (gone.has(item) ? [i] : [])));
      this.#members(seq, spans, numbers, seq.flow ? inFlow : texts.map((text) => `- ${text}`));
      return;
    }
    const from = map.items[0] ? start(map.items[0].key) : start(map);
    const indent = `${this.#eol}${" ".repeat(from - this.#lineStart(from))}  - `;
    const whole =
      map.flow || texts.length === 0 ? ` [${inFlow.join("")}]` : texts.map((text) => indent + text).join("");
    if (pair) this.#put(this.#end(pair.key), this.#end(pair), `:${whole}`);
    else this.#members(map, this.#spansOf(map.items), new Set(), [`${flowKey(key)}:${whole}`]);
  }

  /** The value of a pair, whatever form it had. */
  #replace(pair: PairNode, value: FlowValue): void {
    const { value: old } = pair;
    const isLine = old && (isCollection(old) ? old.flow : !(isScalar(old) && old.type?.startsWith("BLOCK")));
    if (isLine) this.#put(start(old), this.#end(old), flow(value));
    else this.#put(this.#end(pair.key), this.#end(pair), `: ${flow(value)}`);
  }

  /** Takes members of a list or object away, and puts new ones behind those that are left. */
  #members(
    owner: MapNode | SeqNode,
    spans: readonly Span[],
    gone: ReadonlySet<number>,
    added: readonly string[],
  ): void {
    const kept = spans.filter((_, i) => !gone.has(i));
    const [first, last] = [kept[0], kept.at(-1)];
    if (!last && (owner.flow || added.length === 0))
      throw new Error("what loses every member is replaced with its key");
    const begin = spans[0]?.from ?? 0;
    // The first key of a list's member stands behind the dash: the next one moves up to it.
    const isBehindDash = this.#text.slice(this.#lineStart(begin), begin).trim() !== "";
    for (const i of gone) {
      const { from, to } = spans[i] as Span;
      if (first && from < first.from && (owner.flow || isBehindDash)) this.#put(from, (spans[i + 1] as Span).from, "");
      else if (owner.flow) this.#put((spans[i - 1] as Span).to, to, "");
      else this.#put(this.#lineEnd(this.#lineStart(from) - 1), this.#lineEnd(to), "");
    }
    if (added.length === 0) return;
    if (owner.flow && last) this.#put(last.to, last.to, `, ${added.join(", ")}`);
    else {
      const at = this.#lineEnd((spans.at(-1) as Span).to);
      const indent = " ".repeat(begin - this.#lineStart(begin));
      this.#put(at, at, added.map((text) => this.#eol + indent + text).join(""));
    }
  }

  #put(from: number, to: number, text: string): void {
    this.#splices.push({ from, to, text });
  }

  #spansOf(pairs: readonly PairNode[]): readonly Span[] {
    return pairs.map((pair) => ({ from: start(pair.key), to: this.#end(pair) }));
  }

  /** Where what is written ends: a block ends with its last member, without the comments and lines behind it. */
  #end(node: Node | PairNode): number {
    if (isPair(node)) return this.#end((node.value ?? node.key) as Node);
    const last = isCollection(node) && !node.flow ? node.items.at(-1) : undefined;
    if (last) return this.#end(last as Node | PairNode);
    let to = node.range?.[1] ?? 0;
    while (to > 0 && /[\r\n]/.test(this.#text.charAt(to - 1))) to--;
    return to;
  }

  #lineStart(at: number): number {
    return this.#text.lastIndexOf("\n", at - 1) + 1;
  }

  /** Before the line end, whichever it is. */
  #lineEnd(at: number): number {
    const end = this.#text.indexOf("\n", at);
    if (end === -1) return this.#text.length;
    return this.#text[end - 1] === "\r" ? end - 1 : end;
  }
}

interface Span {
  readonly from: number;
  readonly to: number;
}

const isPatch = (value: PatchValue): value is Patch => typeof value === "object" && !Array.isArray(value);

/** The value without the keys that are taken away; undefined where nothing is left. */
function written(value: PatchValue | undefined): FlowValue | undefined {
  if (value === undefined || !isPatch(value)) return value as FlowValue | undefined;
  const pairs = Object.entries(value).flatMap(([key, item]): [string, FlowValue][] => {
    const inner = written(item);
    return inner === undefined ? [] : [[key, inner]];
  });
  return pairs.length === 0 ? undefined : Object.fromEntries(pairs);
}

const start = (node: Node): number => node.range?.[0] ?? 0;

/** No key that stands there now is left. */
const isEmptied = (map: MapNode, patch: Patch): boolean =>
  map.items.every((pair) => {
    const key = keyOf(pair);
    const value = patch[key];
    if (!Object.hasOwn(patch, key)) return false;
    return (
      value === undefined ||
      (isPatch(value) && isMap(pair.value) && isEmptied(pair.value as MapNode, value) && written(value) === undefined)
    );
  });
