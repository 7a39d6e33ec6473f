import type { ModbusAddress } from "#shared/plant/protocols/modbus.ts";
import type { Point } from "../../driver.ts";
import { spanOf } from "./decode.ts";
import type { Learnt } from "./learnt.ts";
import { type PlanLimits, planReads, type ReadRequest, type Span } from "./plan.ts";

/** A span with the tags that lie in it; two tags in one register are one span. */
export interface WantedSpan extends Span {
  readonly key: string;
  /** For people: `<equipment>/<tag>`, or the address where the tag is not known. */
  readonly names: readonly string[];
}

/** How a list of points is read. */
export interface Reads {
  readonly requests: readonly ReadRequest<WantedSpan>[];
  /** Spans that the device refuses by themselves, or leaves unanswered: asked for again now and then. */
  readonly refused: readonly WantedSpan[];
  /** Per point the span that holds its value. */
  readonly spanOf: readonly WantedSpan[];
}

/**
 * Gives the reads of a list of points. The acquisition hands in the same lists again and again: a list is planned
 * once, and again only after the device taught something.
 */
export function createPlanner(
  limits: PlanLimits,
  learnt: Learnt,
): (points: readonly Point<ModbusAddress>[], version: number) => Reads {
  const spansOf = new WeakMap<readonly Point<ModbusAddress>[], readonly WantedSpan[]>();
  const planned = new WeakMap<readonly Point<ModbusAddress>[], { readonly version: number; readonly reads: Reads }>();
  return (points, version) => {
    const known = planned.get(points);
    if (known?.version === version) return known.reads;
    const spanOfPoint = spansOf.get(points) ?? wantedSpans(points);
    spansOf.set(points, spanOfPoint);
    const spans = [...new Set(spanOfPoint)];
    const reads = {
      requests: planReads(
        spans.filter((span) => !learnt.refusalOf(span)),
        limits,
        learnt.obstacles(),
      ),
      refused: spans.filter((span) => learnt.refusalOf(span) !== undefined),
      spanOf: spanOfPoint,
    };
    planned.set(points, { version, reads });
    return reads;
  };
}

/** Per point its span, the same object for the same registers. */
function wantedSpans(points: readonly Point<ModbusAddress>[]): readonly WantedSpan[] {
  const spans = new Map<string, WantedSpan & { readonly names: string[] }>();
  return points.map(({ address, tag }) => {
    const span = spanOf(address);
    const key = `${span.table}:${span.start}+${span.count}`;
    const known = spans.get(key) ?? { ...span, key, names: [] };
    spans.set(key, known);
    known.names.push(tag ? `${tag.equipment.id}/${tag.config.id}` : `${span.table} ${span.start}`);
    return known;
  });
}
