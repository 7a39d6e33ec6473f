import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const css = readFileSync(new URL("../../dashboard/web/theme/tokens.css", import.meta.url), "utf8");

function tokensOf(theme: string): Record<string, string> {
  const body = css.split(`[data-theme="${theme}"]`)[1]?.split("}")[0] ?? "";
  return Object.fromEntries(
    [...body.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6});/gi)].map(([, name, colour]) => [name!, colour!]),
  );
}
const channels = (colour: string): number[] =>
  [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255);

/** WCAG 2.2, relative luminance and contrast ratio. */
function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = channels(colour).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function contrast(a: string, b: string): number {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}
function saturation(colour: string): number {
  const [max, min] = [Math.max(...channels(colour)), Math.min(...channels(colour))];
  return max === 0 ? 0 : (max - min) / max;
}

const surfaces = ["page", "surface", "raised", "sunken", "chrome"] as const;
const textPairs = [
  ...surfaces.flatMap((on) => [
    ["text", on],
    ["text-2", on],
  ]),
  ["text", "selected"],
  ["text-2", "selected"],
  ["text", "band"],
  ["on-notice", "notice"],
  ["on-state-run", "state-run"],
  ["on-state-idle", "state-idle"],
  ["on-state-down", "state-down"],
  ...["critical", "high", "medium", "low"].map((priority) => [`on-${priority}`, priority]),
] as [string, string][];
const graphicPairs = [
  ...surfaces.flatMap((on) => [
    ["focus", on],
    ["mark-edge", on],
    ["pointer", on],
  ]),
  ["edge", "surface"],
  ["edge", "raised"],
  ["edge", "page"],
  ["pointer", "bar-track"],
  ["pointer", "bar-normal"],
  ["abnormal", "surface"],
  ["abnormal", "bar-track"],
  ...Array.from({ length: 8 }, (_, k) => [`series-${k + 1}`, "surface"]),
] as [string, string][];

for (const theme of ["light", "dark"]) {
  const tokens = tokensOf(theme);
  const colour = (name: string): string => tokens[name] ?? expect.fail(`no token --${name} in ${theme}`);

  test.each(textPairs)(`${theme}: text %s on %s has 4.5:1`, (text, on) => {
    expect(contrast(colour(text), colour(on))).toBeGreaterThanOrEqual(4.5);
  });
  test.each(graphicPairs)(`${theme}: graphic %s on %s has 3:1`, (graphic, on) => {
    expect(contrast(colour(graphic), colour(on))).toBeGreaterThanOrEqual(3);
  });
  test.each([...surfaces, "line", "edge", "bar-track", "bar-normal", "state-run", "state-idle", "band"])(
    `${theme}: %s is grey (ISA-101: colour is for the abnormal)`,
    (name) => expect(saturation(colour(name))).toBeLessThanOrEqual(0.12),
  );
  test(`${theme}: each alarm priority has a colour that nothing else has`, () => {
    for (const priority of ["critical", "high", "medium", "low"]) {
      const own = colour(priority);
      expect(Object.entries(tokens).filter(([, other]) => other === own)).toEqual([[priority, own]]);
    }
  });
}

test("both themes define the same tokens", () => {
  expect(Object.keys(tokensOf("dark")).sort()).toEqual(Object.keys(tokensOf("light")).sort());
  expect(Object.keys(tokensOf("light")).length).toBeGreaterThan(30);
});
