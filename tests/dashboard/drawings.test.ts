import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Drawing, DrawingElement } from "#shared/model/drawing.ts";
import { readDrawingFile } from "../../dashboard/server/drawings/file.ts";
import { readSvg } from "../../dashboard/server/drawings/readSvg.ts";
import { sanitise } from "../../dashboard/server/drawings/sanitise.ts";
import { temporaryFolder } from "../fakes/folder.ts";

const svg = (inside: string, attributes = "") =>
  `<svg xmlns="http://www.w3.org/2000/svg" ${attributes}>${inside}</svg>`;
const drawn = (inside: string, attributes = ""): Drawing =>
  sanitise(readSvg(svg(inside, attributes)), (name) => name === "reactor/temperature");
const first = ({ root }: Drawing): DrawingElement | string | undefined => root.children[0];

test("shapes, text, transforms, own gradients and tags of the line come through", () => {
  const drawing = drawn(
    '<defs><linearGradient id="steel"><stop offset="0" stop-color="#ccc"/></linearGradient></defs>' +
      '<g transform="translate(10 20)"><rect x="1" y="2" width="3" height="4" fill="url(#steel)"/></g>' +
      '<text x="5" y="6" data-tag="reactor/temperature">釜温 &lt; 80 &#176;C</text>',
    'viewBox="0 0 100 50"',
  );
  expect(drawing).toMatchObject({ removed: [], unknownTags: [] });
  expect(drawing.root.attributes).toEqual({ viewBox: "0 0 100 50" });
  expect(drawing.root.children).toMatchObject([
    { children: [{ attributes: { id: "drawing-steel" } }] },
    { children: [{ attributes: { fill: "url(#drawing-steel)" } }] },
    { attributes: { "data-tag": "reactor/temperature" }, children: ["釜温 < 80 °C"] },
  ]);
});

test("a style becomes attributes, since pages allow no inline styles", () => {
  const drawing = drawn(
    '<path d="M0 0h9" style="fill:none; stroke:#333;stroke-width:2;-inkscape-stroke:none;behavior:url(x.htc)"/>',
  );
  expect(first(drawing)).toMatchObject({
    attributes: { d: "M0 0h9", fill: "none", stroke: "#333", "stroke-width": "2" },
  });
  expect(drawing.removed).toEqual(["-inkscape-stroke", "behavior"]);
});

describe("nothing gets through that runs, loads, links or refers elsewhere:", () => {
  const hostile: readonly (readonly [what: string, inside: string])[] = [
    ["script", "<script>alert(1)</script>"],
    ["script by address", '<script href="https://evil.example/x.js"/>'],
    ["script in another namespace", '<svg:script xmlns:svg="http://www.w3.org/2000/svg">alert(1)</svg:script>'],
    ["script in capitals", "<SCRIPT>alert(1)</SCRIPT>"],
    ["foreignObject", "<foreignObject><body onload='alert(1)'/></foreignObject>"],
    ["iframe", '<iframe src="https://evil.example"/>'],
    ["image", '<image href="https://evil.example/x.png"/>'],
    ["use of another file", '<use href="https://evil.example/x.svg#a"/>'],
    ["use of itself", '<g id="a"><use href="#a"/></g>'],
    ["link", '<a href="javascript:alert(1)"><rect width="9"/></a>'],
    ["style element", "<style>@import url(https://evil.example/x.css);</style>"],
    ["animation that sets a link", '<set attributeName="href" to="javascript:alert(1)"/>'],
    ["filter with an image", '<filter><feImage href="https://evil.example"/></filter>'],
    ["handler", '<rect width="9" onclick="alert(1)" onbegin="alert(1)"/>'],
    ["link on a shape", '<rect width="9" href="https://evil.example" xlink:href="https://evil.example"/>'],
    ["fill from elsewhere", '<rect width="9" fill="url(https://evil.example/x.svg#a)"/>'],
    ["fill from elsewhere in capitals", '<rect width="9" fill="URL( //evil.example/x )"/>'],
    ["fill hidden by a CSS escape", '<rect width="9" fill="\\75rl(//evil.example/x)"/>'],
    ["fill hidden by a comment", '<rect width="9" fill="u/**/rl(//evil.example/x)"/>'],
    ["fill hidden by a character", '<rect width="9" fill="&#x75;rl(//evil.example/x)"/>'],
    ["style that loads", '<rect width="9" style="fill:url(https://evil.example/x)"/>'],
    ["style that loads an image set", '<rect width="9" style="marker-end:image-set(&quot;x.png&quot; 1x)"/>'],
    ["marker from elsewhere", '<path d="M0 0" marker-end="url(x.svg#a)"/>'],
    ["second reference behind an own one", '<rect width="9" fill="url(#a) url(//evil.example)"/>'],
    ["class and name of the page", '<rect width="9" class="dialog" name="x" part="y"/>'],
    ["id of odd form", '<rect width="9" id="a b&quot;"/>'],
  ];
  test.each(hostile)("%s", (_what, inside) => {
    const drawing = drawn(inside);
    expect(drawing.removed.length).toBeGreaterThan(0);
    const left = JSON.stringify(drawing.root);
    expect(left).not.toMatch(/script|evil|alert|url\((?!#drawing-)|href|on\w+"|image|class|iframe|foreign/i);
  });
});

describe("what is more than elements, text and comments is refused with its line:", () => {
  const refused: readonly (readonly [what: string, file: string, words: RegExp])[] = [
    ["document type", `<!DOCTYPE svg [<!ENTITY a "b">]>${svg("")}`, /line 1: `<!DOCTYPE svg/],
    ["CDATA", svg("\n<text><![CDATA[<script>]]></text>"), /line 2: `<!\[CDATA\[/],
    ["processing instruction", svg('\n\n<?xml-stylesheet href="x"?>'), /line 3/],
    ["entity", svg("<text>&lol;</text>"), /`&lol;` stands for no character/],
    ["end that is missing", "<svg><g></svg>", /`<\/svg>` closes nothing that is open/],
    ["two drawings", `${svg("")}<svg/>`, /behind the end of the drawing/],
    ["attribute twice", svg('<rect x="1" x="2"/>'), /`x` is written twice/],
    ["attribute without quotes", svg("<rect x=1 />"), /is not allowed in a drawing/],
    ["depth", svg("<g>".repeat(80) + "</g>".repeat(80)), /nested deeper than 64/],
    ["number", svg("<g/>".repeat(20_001)), /more than 20000 elements/],
    ["nothing", "", /has no end/],
  ];
  test.each(refused)("%s", (_what, file, words) => {
    expect(() => readSvg(file)).toThrow(words);
  });
  test("a page that is no drawing", () => {
    expect(() => sanitise(readSvg("<html><svg/></html>"), () => true)).toThrow(/begins with `<html>`/);
  });
});

test("a file of an usual editor passes: declaration, comment, namespaces, what only it understands is named", () => {
  const file = `<?xml version="1.0" encoding="UTF-8"?>\n<!-- made by hand -->\n${svg(
    '<sodipodi:namedview id="v"/><metadata>x</metadata><g inkscape:label="Layer 1" id="l"><circle r="2"/></g>',
    'xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape"',
  )}`;
  const drawing = sanitise(readSvg(file), () => true);
  expect(drawing.removed).toEqual(["inkscape:label", "metadata", "sodipodi:namedview"]);
  expect(drawing.root.children).toMatchObject([{ name: "g", children: [{ name: "circle" }] }]);
});

test("a tag that the line does not have is named and shown as drawn", () => {
  const drawing = drawn('<text data-tag="reactor/temprature">--</text>');
  expect(drawing).toMatchObject({ unknownTags: ["reactor/temprature"], removed: [] });
  expect(first(drawing)).toMatchObject({ attributes: {}, children: ["--"] });
});

test("the file lies beside the plant file or below, also behind a link", async () => {
  await using folder = await temporaryFolder();
  const plant = join(folder.path, "plant", "plant.yaml");
  await mkdir(join(folder.path, "plant", "drawings"), { recursive: true });
  await writeFile(join(folder.path, "secret.svg"), "secret");
  await writeFile(join(folder.path, "plant", "drawings", "line.svg"), svg(""));
  await symlink(join(folder.path, "secret.svg"), join(folder.path, "plant", "out.svg"));
  expect(await readDrawingFile(plant, "drawings/line.svg")).toBe(svg(""));
  await expect(readDrawingFile(plant, "out.svg")).rejects.toThrow(/outside of the plant file's folder/);
  await expect(readDrawingFile(plant, "../secret.svg")).rejects.toThrow(/outside/);
  await expect(readDrawingFile(plant, "gone.svg")).rejects.toThrow(/the file cannot be read \(ENOENT\)/);
  await writeFile(join(folder.path, "plant", "big.svg"), "x".repeat(1_048_577));
  await expect(readDrawingFile(plant, "big.svg")).rejects.toThrow(/more than 1048576/);
});
