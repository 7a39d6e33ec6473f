import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemClock } from "#shared/kit/clock.ts";
import { buildPages } from "../../dashboard/build.ts";
import { fillOperation, operationNow, operationPlant } from "../dashboard/operationPlant.ts";
import { launchChromium, noChromium } from "./chromium.ts";
import { openPage } from "./pages.ts";
import { type RecordServer, startRecordServer } from "./recordServer.ts";

const standards = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

async function violationsOf(page: Page): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page }).withTags(standards).analyze();
  return violations.map(({ id, nodes }) => `${id} ${nodes[0]?.html}`);
}

/** Nothing is wider than the window but what scrolls by itself. */
const overflow = (page: Page): Promise<number> =>
  page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");

describe.skipIf(noChromium)(`green operation and utilisation${noChromium ? ` (skipped: ${noChromium})` : ""}`, () => {
  let browser: Browser;
  let records: RecordServer;
  beforeAll(async () => {
    await buildPages(() => {});
    browser = await launchChromium();
    const plant = operationPlant();
    records = await startRecordServer({ ...systemClock, now: () => operationNow }, plant);
    await using filled = await fillOperation(records.server, plant);
    expect(filled.figures).toBeDefined();
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await records?.[Symbol.asyncDispose]();
  });

  test("an administrator goes from a bar to its row, from the row to its day, and from the flow to a line; by keyboard", {
    timeout: 60_000,
  }, async () => {
    await using page = await openPage(browser);
    page.setDefaultTimeout(10_000);
    await records.signIn(page, "admin");
    await page.goto(`${records.url}/green?period=2026-03`);
    const bars = page.getByRole("slider", { name: /用电过程/ });
    await bars.focus();
    await page.keyboard.press("Home");
    for (let i = 0; i < 29; i++) await page.keyboard.press("ArrowRight");
    expect(await bars.getAttribute("aria-valuetext")).toMatch(/^2026-03-30 · 2\d\d kWh · 生产\/中试运行/);
    await page.keyboard.press("Enter");
    const row = page.locator("tr:focus");
    await row.getByRole("button", { name: "2026-03-30" }).click();
    await page.waitForURL(/period=2026-03-30/);
    await page.getByRole("heading", { name: "能流" }).waitFor();
    const flow = page.getByRole("region", { name: "能流" }).first();
    await flow.getByRole("button", { name: "表格" }).click();
    // The line's own meter counts 1.5 kW more than those of its equipment.
    await flow.getByRole("row", { name: /化工线 · 未分项计量.*36\.00/ }).waitFor();
    await page.getByRole("button", { name: "化工线", exact: true }).click();
    await page.waitForURL(/scope=demo(%2F|\/)chem/);
    await page.goBack();
    await page.goBack();
    await page.waitForURL(/period=2026-03$/);
    expect(await violationsOf(page)).toEqual([]);
  });

  test("the file holds what the chart shows", { timeout: 60_000 }, async () => {
    await using page = await openPage(browser);
    page.setDefaultTimeout(10_000);
    await records.signIn(page, "viewer");
    await page.goto(`${records.url}/green?period=2026-03-30&by=band`);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "用电过程：导出 CSV" }).click(),
    ]);
    expect(download.suggestedFilename()).toBe("demo_2026-03-30_time.csv");
    const stream = await download.createReadStream();
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    const lines = Buffer.concat(chunks).toString().split("\r\n");
    expect(lines[0]).toBe("\uFEFF# Pilotline,用电过程");
    expect(lines).toContain("# 期间,2026-03-30");
    const head = lines.find((line) => line.startsWith("时,"));
    expect(head).toBe("时,合计 kWh,高峰,平段,低谷,覆盖率 %");
    const ten =
      lines
        .find((line) => line.startsWith("10,"))
        ?.split(",")
        .map(Number) ?? [];
    expect(ten[1]).toBeCloseTo(18.5, 6);
    expect(ten[2]).toBeCloseTo(18.5, 6);
  });

  test("use: ladder, heat map, bookings and tenants; a day leads to the equipment's timeline", {
    timeout: 60_000,
  }, async () => {
    await using page = await openPage(browser);
    page.setDefaultTimeout(10_000);
    await records.signIn(page, "viewer");
    await page.goto(`${records.url}/utilisation?period=2026-03`);
    await page.getByText("预约兑现率").waitFor();
    await page.getByRole("row", { name: /K000003.*爽约/ }).waitFor();
    await page
      .getByRole("row", { name: /海岱新材料/ })
      .first()
      .waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await page.getByRole("button", { name: "2026-03-30" }).click();
    await page.waitForURL(/period=2026-03-30/);
    await page
      .getByRole("row", { name: /化工线 · 干燥机/ })
      .first()
      .waitFor();
    await page.getByText("覆盖率不足").first().waitFor();
    await page.getByRole("link", { name: "状态时间线" }).click();
    await page.waitForURL(/\/states\?day=2026-03-30/);
  });

  test("on a phone nothing is cut off, and both pages are found in the menu", { timeout: 60_000 }, async () => {
    await using page = await openPage(browser, { viewport: { width: 390, height: 844 }, colorScheme: "dark" });
    page.setDefaultTimeout(10_000);
    await records.signIn(page, "viewer");
    for (const [name, path, ready] of [
      ["绿色运行", "green", "能流"],
      ["设备利用", "utilisation", "机时阶梯"],
    ] as const) {
      await page.goto(`${records.url}/runs`);
      await page.getByRole("button", { name: "使用", exact: true }).click();
      await page.getByRole("menuitem", { name }).click();
      await page.waitForURL(new RegExp(`/${path}$`));
      await page.goto(`${records.url}/${path}?period=2026-03`);
      await page.getByRole("heading", { name: ready }).waitFor();
      expect(await overflow(page), path).toBeLessThanOrEqual(0);
      expect(await violationsOf(page)).toEqual([]);
    }
  });

  test("empty, refused and failed are said; a retry brings the page", { timeout: 60_000 }, async () => {
    await using page = await openPage(browser);
    page.setDefaultTimeout(10_000);
    await records.signIn(page, "viewer");
    for (const path of ["green", "utilisation"]) {
      await page.goto(`${records.url}/${path}?period=2020-01`);
      await page.getByRole("heading", { name: "这一期间没有数据" }).waitFor();
      const api = `**/api/${path === "green" ? "energy" : "utilisation"}?**`;
      await page.route(api, (route) => route.fulfill({ status: 403, json: { error: "FORBIDDEN", detail: "no" } }));
      await page.goto(`${records.url}/${path}?period=2026-03`);
      await page.getByText("没有查看此页的权限").first().waitFor();
      await page.unroute(api);
      await page.route(api, (route) =>
        route.fulfill({ status: 503, json: { error: "STORE_UNAVAILABLE", detail: "away" } }),
      );
      await page.goto(`${records.url}/${path}?period=2026-03`);
      await page.getByRole("button", { name: "重试" }).waitFor();
      await page.unroute(api);
      await page.getByRole("button", { name: "重试" }).click();
      await page.getByRole("heading", { name: path === "green" ? "能流" : "机时阶梯" }).waitFor();
    }
  });
});
