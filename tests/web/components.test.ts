import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const web = fileURLToPath(new URL("../../dashboard/web", import.meta.url));
const files = readdirSync(web, { recursive: true, encoding: "utf8" })
  .filter((name) => /\.(vue|ts|css)$/.test(name) && !name.startsWith("dist"))
  .map((name) => ({ name, text: readFileSync(`${web}/${name}`, "utf8") }));

test("raw colours stand in tokens.css alone", () => {
  const raw = files.filter(
    ({ name, text }) => name !== "theme/tokens.css" && /#[0-9a-f]{3,8}\b(?=[;"' ,)])|rgba?\(/i.test(text),
  );
  expect(raw.map(({ name }) => name)).toEqual([]);
});

test("nothing is animated but the marker of an unacknowledged alarm", () => {
  const frames = files.flatMap(({ text }) => [...text.matchAll(/@keyframes ([\w-]+)/g)].map(([, name]) => name));
  expect(frames).toEqual(["unacknowledged", "unacknowledged-letter"]);
  const styled = files
    .filter(({ name }) => /\.(vue|css)$/.test(name))
    .map(({ name, text }) => ({ name, text: name.endsWith(".css") ? text : (text.split("<style")[1] ?? "") }));
  expect(styled.filter(({ text }) => /\btransition\s*:/.test(text)).map(({ name }) => name)).toEqual([]);
});

test("no Chinese sentence hides in a component", () => {
  const own = ["widgets/LanguageSwitch.vue", "widgets/SettingsMenu.vue"];
  const found = files.filter(({ name, text }) => name.endsWith(".vue") && /[\u4e00-\u9fff]/.test(text));
  expect(found.map(({ name }) => name).sort()).toEqual(own);
});

test("only one component draws with uPlot", () => {
  const users = files.filter(({ text }) => /^import (?!type)[^;]* from "uplot"/m.test(text));
  expect(users.map(({ name }) => name)).toEqual(["trend/TrendChart.vue"]);
});
