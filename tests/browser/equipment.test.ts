import { AxeBuilder } from "@axe-core/playwright";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { instant } from "#shared/model/time.ts";
import { buildPages } from "../../dashboard/build.ts";
import { launchChromium, noChromium } from "./chromium.ts";
import { fixtureAlarm, fixturePlant, tagOf } from "./fixturePlant.ts";
import { type Fixture, startFixture } from "./fixtureServer.ts";
import { fixtureRuns } from "./fixtureUse.ts";
import { openPage, signIn } from "./pages.ts";
import { startRecordServer } from "./recordServer.ts";

const reactor = "/lines/fine-chemical/equipment/reactor";
const standards = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const soon = { timeout: 8_000 };

describe.skipIf(noChromium)(`page of an equipment${noChromium ? ` (skipped: ${noChromium})` : ""}`, () => {
  let browser: Browser;
  let fixture: Fixture;
  beforeAll(async () => {
    await buildPages(() => {});
    browser = await launchChromium();
    fixture = await startFixture();
    fixture.faults.runs = fixtureRuns(instant(Date.now()));
    const since = Date.now() - 240_000;
    const temperature = tagOf("fine-chemical/reactor/temperature");
    fixture.raise(fixtureAlarm({ alarm: "demo/fine-chemical/TAH-101", tag: temperature }, since));
  });
  afterAll(async () => {
    await browser?.close();
    await fixture?.[Symbol.asyncDispose]();
  });

  test("is reached from overview, line, alarm and states, and shows everything of one machine", {
    timeout: 60_000,
  }, async () => {
    await using page = await openPage(browser);
    await signIn(page, fixture);
    for (const from of ["/", "/lines/fine-chemical", "/alarms", "/states"]) {
      await page.goto(fixture.url + from);
      await page
        .getByRole("link", { name: /夹套反应釜$/ })
        .first()
        .click();
      await page.waitForURL(`**${reactor}*`);
      await page.getByRole("heading", { level: 1, name: "夹套反应釜" }).waitFor();
    }
    const values = page.getByRole("region", { name: "当前值" });
    await expect.poll(() => values.textContent(), soon).toMatch(/釜内温度.*°C.*前/);
    expect(await values.getByRole("img", { name: /正常范围|正常/ }).count()).toBeGreaterThan(1);
    await page.getByRole("slider", { name: /夹套反应釜/ }).waitFor();
    await page.getByRole("region", { name: "进行中的批次" }).getByText("批次 FC-2611-07").waitFor();
    await page.getByRole("button", { name: "确认报警：釜内温度高" }).waitFor();
    await page.getByText("该设备没有电能表").waitFor();
    const calibration = page.getByRole("region", { name: "检定/校准" }).first();
    expect(await calibration.locator("tbody tr").first().textContent()).toMatch(
      /釜内温度2026-01-31 已超期 \d+ 天RG-26-0417/,
    );
    await page.getByRole("region", { name: "数据缺口" }).first().getByText("仪表失联").waitFor();
    const { violations } = await new AxeBuilder({ page }).withTags(standards).analyze();
    expect(violations.map(({ id, nodes }) => `${id} ${nodes[0]?.html}`)).toEqual([]);
  });

  test("the time stands in the address, and the trend opens over the same", async () => {
    await using page = await openPage(browser);
    page.setDefaultTimeout(6_000);
    await signIn(page, fixture, `${reactor}?range=8h`);
    await page.getByRole("slider", { name: "夹套反应釜 近 8 小时 的状态" }).waitFor();
    await page.getByRole("button", { name: "前一天" }).click();
    await page.waitForURL(/\?day=\d{4}-\d{2}-\d{2}$/);
    const day = new URL(page.url()).searchParams.get("day") ?? "";
    await page.reload();
    await page.getByRole("slider", { name: `夹套反应釜 ${day} 的状态` }).waitFor();
    await page.locator(".head").getByRole("link", { name: "趋势" }).click();
    await page.waitForURL(/\/trend\?/);
    const query = new URL(page.url()).searchParams;
    expect(query.get("tags")?.split(",")).toContain("demo/fine-chemical/reactor/temperature");
    expect(query.get("from")).toBe(`${Date.parse(`${day}T00:00:00+08:00`)}`);
  });

  test("the meter's page shows energy by day with its coverage", async () => {
    await using page = await openPage(browser);
    await signIn(page, fixture, "/lines/fine-chemical/equipment/meter");
    const energy = page.getByRole("region", { name: "电能", exact: true });
    await expect.poll(() => energy.locator("tbody tr").count(), soon).toBe(7);
    expect(await energy.locator("tbody tr").first().textContent()).toMatch(/今天.*kW·h.*覆盖率/);
  });

  test("a part that fails says so beside what works, and can be tried again", async () => {
    fixture.faults.statesStatus = 503;
    fixture.faults.journalStatus = 503;
    await using page = await openPage(browser);
    await signIn(page, fixture, reactor);
    await page.getByText("加载失败").nth(1).waitFor();
    await page.getByText("批次 FC-2611-07").waitFor();
    fixture.faults.statesStatus = 200;
    fixture.faults.journalStatus = 200;
    await page.getByRole("button", { name: "重试" }).first().click();
    await page.getByRole("slider", { name: /夹套反应釜/ }).waitFor();
  });

  test("no such equipment, no permission, an equipment without tags, a lost connection", async () => {
    await using page = await openPage(browser);
    await signIn(page, fixture, "/lines/fine-chemical/equipment/nothing");
    await page.getByText("页面不存在").waitFor();
    fixture.faults.refusedView = "FORBIDDEN";
    await page.goto(fixture.url + reactor);
    await page.getByText("您没有查看此页的权限。").waitFor();
    fixture.faults.refusedView = null;
    const [line, ...others] = fixturePlant.lines;
    if (!line) throw new Error("The fixture has lines.");
    const bare = line.equipment.map((each) => ({
      ...each,
      tags: [],
      stateTag: null,
      calibrations: [],
    }));
    fixture.faults.plant = { ...fixturePlant, lines: [{ ...line, equipment: bare }, ...others] };
    await page.goto(fixture.url + reactor);
    for (const words of ["该设备没有位号", "该设备不上报状态", "产线模型未登记检定日期"])
      await page.getByText(words).waitFor();
    fixture.faults.plant = fixturePlant;
    fixture.faults.upstream = false;
    await page.getByText("与服务器断开，以下内容可能不是最新。").waitFor();
    fixture.faults.upstream = true;
  });

  test("a phone shows it in one column without sideways scrolling", async () => {
    await using page = await openPage(browser, { viewport: { width: 390, height: 844 }, locale: "en" });
    await signIn(page, fixture, reactor);
    await page.getByRole("slider").waitFor();
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);
  });

  test("the real server answers all that the page asks, for a viewer too", { timeout: 60_000 }, async () => {
    await using records = await startRecordServer();
    await using page = await openPage(browser);
    const refused: string[] = [];
    page.on("response", (response) => {
      if (response.status() >= 400) refused.push(`${response.status()} ${response.url()}`);
    });
    await records.signIn(page, "viewer");
    await page.goto(`${records.url}/lines/chem/equipment/r1`);
    for (const words of [
      "无进行中批次",
      "该时段没有报警记录",
      "该设备没有电能表",
      "产线模型未登记检定日期",
      "该时段没有数据缺口",
    ])
      await page.getByText(words).waitFor(soon);
    await page.getByRole("slider", { name: /反应釜/ }).waitFor(soon);
    expect(refused).toEqual([]);
  });
});
