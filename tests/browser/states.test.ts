import { AxeBuilder } from "@axe-core/playwright";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Sample, tagId } from "#shared/model/sample.ts";
import { instant } from "#shared/model/time.ts";
import { buildPages } from "../../dashboard/build.ts";
import { launchChromium, noChromium } from "./chromium.ts";
import { openPage } from "./pages.ts";
import { type RecordServer, startRecordServer } from "./recordServer.ts";

const mode = tagId({ platform: "demo", line: "chem", equipment: "r1", tag: "mode" });
/** 2026-03-31 in the platform's zone. */
const day = Date.parse("2026-03-31T00:00:00+08:00");
const minute = 60_000;
const standards = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** Standby from 08:00, productive from 09:00, silence from 10:00; told every 20 s. */
const told: readonly Sample[] = Array.from({ length: 360 }, (_, i) => {
  const at = instant(day + 480 * minute + i * 20_000);
  return { tag: mode, at, value: i < 180 ? 0 : 1, quality: "good" };
});

describe.skipIf(noChromium)(`equipment states${noChromium ? ` (skipped: ${noChromium})` : ""}`, () => {
  let browser: Browser;
  let records: RecordServer;
  beforeAll(async () => {
    await buildPages(() => {});
    browser = await launchChromium();
    records = await startRecordServer();
    await records.server.samples.write([{ name: { queueId: "q", number: 1 }, samples: told }], () => {});
  });
  afterAll(async () => {
    await browser?.close();
    await records?.[Symbol.asyncDispose]();
  });

  test("an engineer reads a day by keyboard, corrects an hour with a reason, and takes it back", {
    timeout: 60_000,
  }, async () => {
    await using page = await openPage(browser);
    page.setDefaultTimeout(10_000);
    await records.signIn(page, "engineer");
    await page.goto(`${records.url}/states?day=2026-03-31`);
    await page.getByRole("button", { name: "使用", exact: true }).waitFor();
    const bar = page.getByRole("slider", { name: /反应釜.*2026-03-31/ });
    await bar.focus();
    const said: (string | null)[] = [];
    for (let i = 0; i < 5; i++) {
      await page.keyboard.press("ArrowRight");
      said.push(await bar.getAttribute("aria-valuetext"));
    }
    // The last reading holds for three heartbeats of 10 s.
    expect(said).toEqual([
      "未知，00:00:00–08:00:00，8 小时 00 分",
      "待机，08:00:00–09:00:00，1 小时 00 分",
      "生产/中试运行，09:00:00–10:00:10，1 小时 00 分",
      "未知，10:00:10–00:00:00，13 小时 59 分",
      "未知，10:00:10–00:00:00，13 小时 59 分",
    ]);
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "保存" }).click();
    await dialog.getByRole("alert").waitFor();
    await dialog.getByLabel("实际状态").selectOption("SDT");
    await dialog.getByLabel("原因").fill("清洗反应釜");
    await dialog.getByRole("button", { name: "保存" }).click();
    await dialog.waitFor({ state: "detached" });
    await page.getByRole("cell", { name: "清洗反应釜" }).waitFor();
    await bar.focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    expect(await bar.getAttribute("aria-valuetext")).toMatch(/^计划停机，08:00:00–09:00:00.*清洗反应釜/);
    const { violations } = await new AxeBuilder({ page }).withTags(standards).analyze();
    expect(violations.map(({ id, nodes }) => `${id} ${nodes[0]?.html}`)).toEqual([]);
    await page.getByRole("button", { name: "撤回" }).click();
    await dialog.getByLabel("原因").fill("写错了");
    await dialog.getByRole("button", { name: "撤回" }).click();
    await dialog.waitFor({ state: "detached" });
    await page.getByText("这一天没有更正。").waitFor();
    expect(records.server.records.stateCorrections(instant(day), instant(day + 1_440 * minute))).toEqual([]);
  });

  test("a viewer looks only, on a phone too", { timeout: 60_000 }, async () => {
    await using page = await openPage(browser, { viewport: { width: 390, height: 844 }, locale: "en" });
    await records.signIn(page, "viewer");
    await page.goto(`${records.url}/states?day=2026-03-31`);
    const bar = page.getByRole("slider");
    await bar.focus();
    await page.keyboard.press("ArrowRight");
    expect(await page.getByRole("button", { name: "Correct…" }).count()).toBe(0);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(390);
  });
});
