/** Colours of a chart as the theme's tokens say; a canvas cannot read CSS by itself. */
export interface Palette {
  readonly text: string;
  readonly muted: string;
  readonly grid: string;
  readonly edge: string;
  readonly band: string;
  readonly hatch: string;
  readonly focus: string;
  readonly onFocus: string;
  readonly font: string;
  readonly series: readonly string[];
}

/** Series differ by dash as well as by colour. */
export const dashes: readonly (readonly number[])[] = [
  [],
  [7, 3],
  [2, 3],
  [9, 3, 2, 3],
  [4, 2],
  [12, 4],
  [1, 3],
  [6, 2, 1, 2],
];

export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element);
  const token = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    text: token("text"),
    muted: token("text-2"),
    grid: token("grid"),
    edge: token("edge"),
    band: token("band"),
    hatch: token("hatch"),
    focus: token("focus"),
    onFocus: token("on-focus"),
    font: `12px ${token("font")}`,
    series: Array.from({ length: 8 }, (_, k) => token(`series-${k + 1}`)),
  };
}
