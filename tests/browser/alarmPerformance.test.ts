import { AxeBuilder } from "@axe-core/playwright";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { buildPages } from "../../dashboard/build.ts";
import { launchChromium, noChromium } from "./chromium.ts";
import { fixtureAlarm, tagOf } from "./fixturePlant.ts";
import { type Fixture, startFixture } from "./fixtureServer.ts";
import { openPage, signIn } from "./pages.ts";

const hour = 3_600_000;
const standards = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

describe.skipIf(noChromium)(`alarm performance${noChromium ? ` (skipped: ${noChromium})` : ""}`, () => {
  let browser: Browser;
  let fixture: Fixture;
  beforeAll(async () => {
    await buildPages(() => {});
    browser = await launchChromium();
  });
  beforeEach(async () => {
    fixture = await startFixture();
    return () => fixture[Symbol.asyncDispose]();
  });
  afterAll(() => browser?.close());

  test("each measure stands with value, limit, rating, coverage and what it was counted from", async () => {
    const tag = tagOf("fine-chemical/reactor/temperature");
    fixture.raise(fixtureAlarm({ alarm: "demo/fine-chemical/old", tag }, Date.now() - 30 * hour));
    fixture.raise(fixtureAlarm({ alarm: "demo/fine-chemical/new", tag }, Date.now() - hour));
    await using page = await openPage(browser);
    await signIn(page, fixture, "/alarms");
    await page.getByRole("link", { name: "绩效" }).click();
    const row = (id: string) => page.locator(`tr[data-measure="${id}"]`);
    const ratings = async () =>
      Object.fromEntries(
        await page
          .locator("tr[data-measure]")
          .evaluateAll((rows) =>
            rows.map((one) => [
              one.getAttribute("data-measure"),
              one.querySelector("[data-rating]")?.getAttribute("data-rating"),
            ]),
          ),
      );
    await row("S-01").waitFor();
    expect(await ratings()).toEqual({
      ...{ "S-01": "overloaded", "S-02": "acceptable", "S-03": "exceeded", "S-04": "exceeded", "S-05": "acceptable" },
      ...{ "S-06": "exceeded", "S-07": "exceeded", "S-08": "none", "S-09": "none", "S-10": "acceptable" },
      ...{ "S-11": "acceptable", "S-14": "none", "S-17": "none" },
    });
    const rate = (await row("S-01").textContent()) ?? "";
    for (const part of [
      "412 条/岗位·天",
      "过载",
      "≤ 150 可接受，≤ 300 尚可管理",
      "97 %",
      "12,772 条报警 / 744 岗位·小时",
    ])
      expect(rate).toContain(part);
    expect(await row("S-17").textContent()).toContain("尚未填报");
    expect(await row("S-06").locator("td").last().textContent()).toBe("12,772 条报警");
    expect(await page.locator(".indicative").count()).toBe(0);
    expect(await page.locator(".chattering").textContent()).toContain(tag);
    expect(await page.locator(".top-ten tbody tr").first().textContent()).toContain("2,400");
    const standing = page.locator(".standing ul").first().locator("li");
    expect(await standing.evaluateAll((all) => all.map((one) => one.textContent?.includes("陈旧")))).toEqual([
      true,
      false,
    ]);
    await page.locator(".top-ten tbody a").first().click();
    await expect.poll(() => page.url()).toContain("/alarms/journal?alarm=demo/fine-chemical/TAH-0");
  });

  test("the address holds line and period; little data is not rated, and a short time only indicates", async () => {
    await using page = await openPage(browser);
    await signIn(page, fixture, "/alarms/performance?line=coating&period=day");
    const rate = page.locator('tr[data-measure="S-01"]');
    await rate.waitFor();
    expect(await rate.textContent()).toContain("数据不足，不评级");
    expect(await page.locator('tr[data-measure="S-07"]').textContent()).toContain("没有报警");
    expect(await page.locator(".indicative").textContent()).toContain("30 天");
    expect(await page.locator(".top-ten tbody tr").count()).toBe(1);
    await page.getByRole("button", { name: "本月" }).click();
    await page.locator(".indicative").waitFor({ state: "detached" });
    await page.getByRole("combobox").selectOption("");
    await expect.poll(() => rate.textContent()).toContain("过载");
    expect(new URL(page.url()).search).toBe("");
  });

  test("nothing yet, no answer and no permission are told apart; a retry brings the page back", async () => {
    fixture.faults.measures = "none";
    await using page = await openPage(browser, { locale: "en" });
    await signIn(page, fixture, "/alarms/performance");
    await page.getByText("No alarm measures of this period yet").waitFor();
    fixture.faults.measures = 403;
    await page.getByRole("button", { name: "Today" }).click();
    await page.getByRole("heading", { name: "You are not allowed to see this page." }).waitFor();
    fixture.faults.measures = 503;
    await page.getByRole("button", { name: "This month" }).click();
    await page.getByRole("heading", { name: "Could not be loaded" }).waitFor();
    fixture.faults.measures = "some";
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByText("412 per position and day").waitFor();
  });

  test.each(["light", "dark"] as const)(
    "at 390 px nothing runs over the edge, and axe finds nothing, %s",
    async (colorScheme) => {
      await using page = await openPage(browser, { colorScheme, locale: "en", viewport: { width: 390, height: 844 } });
      await signIn(page, fixture, "/alarms/performance?period=day");
      await page.locator('tr[data-measure="S-17"]').waitFor();
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(390);
      const inner = await page
        .locator("section .table-scroll")
        .first()
        .evaluate((one) => one.scrollWidth - one.clientWidth);
      expect(inner).toBeLessThanOrEqual(0);
      const { violations } = await new AxeBuilder({ page }).withTags(standards).analyze();
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join("\n")}`)).toEqual([]);
    },
  );
});
