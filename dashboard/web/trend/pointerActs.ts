/** A line that stands across the charts, named by a letter: one of the two between which figures are told. */
export interface Marker {
  readonly name: "a" | "b";
  readonly at: number;
}

/** What a chart tells of the pointer besides hovering and selecting. */
export interface PointerListener {
  pan(share: number): void;
  /** A press and release without a move between them. */
  click(left: number): void;
  dragMarker(name: Marker["name"], left: number): void;
}

export interface PointerActs {
  /** A press on the chart; true where it begins an act of its own: panning, or moving a marker. */
  pressed(event: MouseEvent): boolean;
  isHeld(): boolean;
  close(): void;
}

/** A marker is taken within so many CSS pixels. */
const reachPx = 6;
/** A hand that moves less has clicked. */
const stillPx = 4;

/** Panning (Shift, middle button or touch), moving markers, clicking. `markersPx` says where markers stand now. */
export function createPointerActs(
  over: HTMLElement,
  markersPx: () => readonly { readonly name: Marker["name"]; readonly left: number }[],
  listener: PointerListener,
): PointerActs {
  let held: { readonly kind: "pan"; x: number } | { readonly kind: "marker"; readonly name: Marker["name"] } | null =
    null;
  let pressedAt: number | null = null;
  /** After a touch browsers send the press of a mouse as well. */
  let touched = false;
  const leftOf = (event: { clientX: number }): number => event.clientX - over.getBoundingClientRect().left;

  const pressed = (event: MouseEvent): boolean => {
    if (touched) return true;
    if (event.shiftKey || event.button === 1) {
      held = { kind: "pan", x: event.clientX };
      return true;
    }
    const left = leftOf(event);
    const near = markersPx().find((marker) => Math.abs(marker.left - left) <= reachPx);
    if (near) held = { kind: "marker", name: near.name };
    else pressedAt = event.clientX;
    return near !== undefined;
  };
  const down = (event: PointerEvent): void => {
    touched = event.pointerType === "touch";
    if (!touched) return;
    held = { kind: "pan", x: event.clientX };
    pressedAt = event.clientX;
  };
  const moved = (event: PointerEvent): void => {
    if (held?.kind === "marker") listener.dragMarker(held.name, leftOf(event));
    if (held?.kind !== "pan") return;
    listener.pan((held.x - event.clientX) / over.clientWidth);
    held.x = event.clientX;
  };
  const released = (event: PointerEvent): void => {
    if (pressedAt !== null && Math.abs(event.clientX - pressedAt) < stillPx) listener.click(leftOf(event));
    held = null;
    pressedAt = null;
  };
  const cancelled = (): void => {
    held = null;
    pressedAt = null;
  };
  over.style.touchAction = "pan-y";
  over.addEventListener("pointerdown", down);
  addEventListener("pointermove", moved);
  addEventListener("pointerup", released);
  addEventListener("pointercancel", cancelled);
  return {
    pressed,
    isHeld: () => held !== null,
    close: () => {
      removeEventListener("pointermove", moved);
      removeEventListener("pointerup", released);
      removeEventListener("pointercancel", cancelled);
    },
  };
}
