import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { instant } from "#shared/model/time.ts";
import { buildPages } from "../../dashboard/build.ts";
import { launchChromium, noChromium } from "./chromium.ts";
import { fixtureAlarm, fixturePlant, tagOf } from "./fixturePlant.ts";
import { type Fixture, startFixture } from "./fixtureServer.ts";
import { fixtureRuns } from "./fixtureUse.ts";
import { openPage, signIn } from "./pages.ts";

const line = "/lines/fine-chemical";
const standards = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const soon = { timeout: 10_000 };
const slow = { timeout: 60_000 };
const temperature = tagOf("fine-chemical/reactor/temperature");

const drawing = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 300">
  <script>document.title = "hacked"</script>
  <image href="https://elsewhere.example/x.png" width="9" height="9"/>
  <rect x="40" y="60" width="120" height="160" rx="30" fill="none" stroke="currentColor" onclick="alert(1)"/>
  <text id="temperature" x="60" y="130" font-size="20" fill="currentColor" data-tag="reactor/temperature">0</text>
  <text id="state" x="60" y="160" font-size="20" fill="currentColor" data-tag="reactor/state">0</text>
  <text x="60" y="190" fill="currentColor" data-tag="reactor/nothing">--</text>
</svg>`;

async function axe(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withTags(standards).analyze();
  expect(violations.map(({ id, nodes }) => `${id} ${nodes[0]?.html}`)).toEqual([]);
}

describe.skipIf(noChromium)(`schematic of a line${noChromium ? ` (skipped: ${noChromium})` : ""}`, () => {
  let browser: Browser;
  let fixture: Fixture;
  beforeAll(async () => {
    await buildPages(() => {});
    browser = await launchChromium();
    fixture = await startFixture();
    fixture.faults.runs = fixtureRuns(instant(Date.now()));
    fixture.raise(fixtureAlarm({ alarm: "demo/fine-chemical/TAH-101", tag: temperature }, Date.now() - 60_000));
  });
  afterAll(async () => {
    await browser?.close();
    await fixture?.[Symbol.asyncDispose]();
  });

  test("blocks stand in the order of flow, with state, moving values, alarm in place and the run", slow, async () => {
    await using page = await openPage(browser);
    await signIn(page, fixture, line);
    const block = (name: string) => page.locator(".block", { has: page.getByRole("heading", { name, level: 3 }) });
    const boxes = await Promise.all(["进料单元", "夹套反应釜", "电能表"].map((name) => block(name).boundingBox()));
    const [feed, reactor, meter] = boxes;
    expect((feed?.x ?? 0) + (feed?.width ?? 0)).toBeLessThan(reactor?.x ?? 0);
    expect(meter?.y).toBeGreaterThan((reactor?.y ?? 0) + (reactor?.height ?? 0));
    expect(await page.locator(".schematic path.flow").count()).toBe(1);
    expect(await block("夹套反应釜").textContent()).toMatch(/待机.*批次中.*釜内温度/);
    expect(await block("电能表").textContent()).not.toContain("批次中");
    await block("夹套反应釜").getByRole("img", { name: "高", exact: true }).waitFor();
    expect(await block("进料单元").getByRole("img", { name: "高", exact: true }).count()).toBe(0);
    const figure = block("进料单元").locator(".figure").first();
    const before = await figure.textContent();
    await expect.poll(() => figure.textContent(), soon).not.toBe(before);
    await page.getByText("批次 FC-2611-07").waitFor();
    await axe(page);
  });

  test("a narrow page has the blocks one below the other, each with where its product goes", slow, async () => {
    await using page = await openPage(browser, { viewport: { width: 390, height: 844 }, locale: "en" });
    await signIn(page, fixture, line);
    await page.getByText("Goes to: Jacketed reactor").waitFor();
    expect(await page.locator(".schematic path.flow").count()).toBe(0);
    const blocks = '[...document.querySelectorAll(".block")]';
    expect(await page.evaluate(`new Set(${blocks}.map((block) => block.getBoundingClientRect().x)).size`)).toBe(1);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);
  });

  test("an own drawing is filled with live values; what could run or load is left out, and said", slow, async () => {
    fixture.faults.plant = {
      ...fixturePlant,
      lines: fixturePlant.lines.map((each) => ({ ...each, hasDrawing: true })),
    };
    fixture.faults.drawing = drawing;
    await using page = await openPage(browser);
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    await signIn(page, fixture, line);
    const value = page.locator("#drawing-temperature");
    await expect.poll(() => value.textContent(), soon).toMatch(/^\d+\.\d °C$/);
    expect(await page.locator("#drawing-state").textContent()).toBe("待机");
    await page.locator(".drawing svg svg").getByText("高").waitFor();
    await page.getByText("图纸文件中不允许的内容未显示：image, onclick, script").waitFor();
    await page.getByText("图纸引用了产线没有的位号：reactor/nothing").waitFor();
    expect(await page.title()).not.toContain("hacked");
    expect(asked.filter((url) => url.includes("elsewhere"))).toEqual([]);
    expect(await page.locator(".drawing :is(script, image, [onclick], [href])").count()).toBe(0);
    fixture.faults.tags.set(temperature, { reason: "TIMEOUT" });
    await expect.poll(() => value.textContent(), soon).toContain("坏值");
    fixture.faults.tags.clear();
    await axe(page);
    await page.getByRole("button", { name: "设备块" }).click();
    await page.waitForURL(/schematic=blocks/);
    await page.locator(".block").first().waitFor();
  });

  test("a drawing that cannot be read says so, and the blocks are one step away", slow, async () => {
    fixture.faults.drawing = 503;
    await using page = await openPage(browser);
    await signIn(page, fixture, line);
    await page.getByText("加载失败").waitFor();
    fixture.faults.drawing = drawing;
    await page.getByRole("button", { name: "重试" }).click();
    await page.locator("#drawing-temperature").waitFor();
    fixture.faults.plant = fixturePlant;
  });
});
