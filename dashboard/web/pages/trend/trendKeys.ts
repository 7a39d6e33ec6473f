import type { Region } from "../../trend/series.ts";

export type KeyAction =
  | { readonly kind: "cursor"; readonly at: number }
  | { readonly kind: "pan"; readonly share: number }
  | { readonly kind: "zoom"; readonly factor: number }
  | { readonly kind: "marker"; readonly name: "a" | "b"; readonly at: number }
  | { readonly kind: "undo" | "live" | "table" | "clear" };

/** What a key does while the charts have the focus; undefined for a key that is not theirs. */
export function keyAction(
  key: string,
  shift: boolean,
  cursor: number | null,
  { from, to }: Region,
  widthPx: number,
): KeyAction | undefined {
  const step = ((to - from) / Math.max(1, widthPx)) * (shift ? 40 : 4);
  const moved = (by: number): KeyAction => ({ kind: "cursor", at: Math.min(to, Math.max(from, (cursor ?? to) + by)) });
  const marker = (name: "a" | "b"): KeyAction => ({ kind: "marker", name, at: cursor ?? (from + to) / 2 });
  const actions: Readonly<Record<string, KeyAction>> = {
    ArrowLeft: moved(-step),
    ArrowRight: moved(step),
    Home: { kind: "cursor", at: from },
    End: { kind: "cursor", at: to },
    "[": { kind: "pan", share: -0.25 },
    "]": { kind: "pan", share: 0.25 },
    "+": { kind: "zoom", factor: 0.5 },
    "=": { kind: "zoom", factor: 0.5 },
    "-": { kind: "zoom", factor: 2 },
    "0": { kind: "undo" },
    l: { kind: "live" },
    L: { kind: "live" },
    t: { kind: "table" },
    T: { kind: "table" },
    a: marker("a"),
    A: marker("a"),
    b: marker("b"),
    B: marker("b"),
    Escape: { kind: "clear" },
  };
  return Object.hasOwn(actions, key) ? actions[key] : undefined;
}
