import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { instant } from "#shared/model/time.ts";
import { buildPages } from "../../dashboard/build.ts";
import { launchChromium, noChromium } from "./chromium.ts";
import { fixtureAlarm, fixturePlant, tagOf } from "./fixturePlant.ts";
import { type Fixture, fixtureUser, startFixture } from "./fixtureServer.ts";
import { fixtureRuns } from "./fixtureUse.ts";
import { openPage, signIn } from "./pages.ts";

const reactor = tagOf("fine-chemical/reactor/temperature");
const alarm = { alarm: "demo/fine-chemical/TAH-101", tag: reactor };

/** Machines differ: what is awaited may take this long, what is promised has its own limit. */
const soon = { timeout: 8_000 };

describe.skipIf(noChromium)(`pages in Chromium${noChromium ? ` (skipped: ${noChromium})` : ""}`, () => {
  let browser: Browser;
  let fixture: Fixture;
  beforeAll(async () => {
    await buildPages(() => {});
    browser = await launchChromium();
    fixture = await startFixture();
  });
  afterAll(async () => {
    await browser?.close();
    await fixture?.[Symbol.asyncDispose]();
  });

  test("a wrong password is refused in words, the right one leads to the link that was asked for", async () => {
    await using page = await openPage(browser);
    await page.goto(`${fixture.url}/lines/coating`);
    await page.locator("#user").fill(fixtureUser.user);
    await page.locator("#password").fill("wrong");
    await page.keyboard.press("Enter");
    expect(await page.getByRole("alert").textContent()).toContain("用户名或密码错误");
    await page.locator("#password").fill(fixtureUser.password);
    await page.keyboard.press("Enter");
    await page.waitForURL("**/lines/coating");
    await page.getByRole("heading", { level: 1, name: "电极涂布中试线" }).waitFor();
  });

  test("a link to another site is not followed after the login", async () => {
    await using page = await openPage(browser);
    await signIn(page, fixture, "/login?next=//example.com/");
    expect(new URL(page.url()).origin).toBe(fixture.url);
  });

  test("the overview shows every line with moving values, states, figures and coverage", async () => {
    await using page = await openPage(browser);
    await signIn(page, fixture, "/?order=fixed");
    expect(await page.locator(".card").count()).toBe(fixturePlant.lines.length);
    const value = page.locator(".card").first().locator(".figure").first();
    const before = await value.textContent();
    await expect.poll(() => value.textContent(), { timeout: 5_000 }).not.toBe(before);
    expect(await page.locator(".card").first().textContent()).toContain("覆盖率 99.8 %");
    expect(await page.locator(".card").nth(2).textContent()).toContain("数据不足，不予评价");
  });

  test("the overview has the lines with problems first, or all in fixed order, as the address says", async () => {
    await using page = await openPage(browser);
    const tag = tagOf("coating/oven/zone-1");
    fixture.raise(fixtureAlarm({ alarm: "demo/coating/X", tag, priority: "critical" }, Date.now()));
    await signIn(page, fixture);
    const first = page.locator(".card h2").first();
    await expect.poll(() => first.textContent(), soon).toContain("电极涂布中试线");
    await page.getByRole("button", { name: "固定顺序" }).click();
    await page.waitForURL(/\?order=fixed$/);
    await expect.poll(() => first.textContent(), soon).toContain("精细化工中试线");
    await page.reload();
    await expect.poll(() => first.textContent(), soon).toContain("精细化工中试线");
    fixture.raise(fixtureAlarm({ alarm: "demo/coating/X", tag, state: "NORM" }, Date.now()), "cleared");
    await page.getByRole("button", { name: "问题优先" }).click();
    // No alarm is left: the line with a failed machine comes first.
    await expect.poll(() => first.textContent(), soon).toContain("生物发酵中试线");
  });

  test("the overview tells the run in progress and the power now, and what is missing in it", async () => {
    fixture.faults.runs = fixtureRuns(instant(Date.now()));
    await using page = await openPage(browser);
    await signIn(page, fixture);
    const card = page.locator(".card", { has: page.getByRole("heading", { name: "精细化工中试线" }) });
    await card.getByText("批次 FC-2611-07").waitFor();
    await expect.poll(() => card.locator(".figures").textContent(), soon).toMatch(/当前功率\d+\.\d kW1 个测点之和/);
    fixture.faults.tags.set(tagOf("fine-chemical/meter/power"), { ageMs: 120_000 });
    await expect
      .poll(() => card.locator(".figures").textContent(), soon)
      .toMatch(/当前功率暂无.*1 个测点中缺 1 个.*电能表/);
    fixture.faults.tags.clear();
    fixture.faults.runs = [];
  });

  test("values that are not good say so in words", async () => {
    const { tags } = fixture.faults;
    tags.set(reactor, { reason: "DEVICE_FAULT" });
    tags.set(tagOf("fine-chemical/reactor/pressure"), { ageMs: 95_000 });
    tags.set(tagOf("fine-chemical/reactor/jacket"), { uncertain: "OUT_OF_RANGE" });
    tags.set(tagOf("fine-chemical/reactor/speed"), { never: true });
    await using page = await openPage(browser);
    await signIn(page, fixture, "/lines/fine-chemical");
    const row = (name: string) => page.locator("tbody tr", { has: page.getByRole("link", { name, exact: true }) });
    await expect.poll(() => row("釜内温度").textContent(), soon).toContain("坏值（装置报告故障）");
    expect(await row("釜内温度").locator("s").count()).toBe(1);
    expect(await row("釜内压力").textContent()).toContain("数据过期 1 分");
    expect(await row("夹套温度").textContent()).toContain("存疑（数值超范围）");
    expect(await row("搅拌转速").textContent()).toContain("从未收到");
    await page.getByRole("button", { name: "只看异常" }).click();
    await expect.poll(() => page.locator("tbody tr:not(.group)", { hasText: "料罐液位" }).count(), soon).toBe(0);
    tags.clear();
  });

  test("the language changes at once, stays, and names follow it", async () => {
    await using page = await openPage(browser);
    await signIn(page, fixture);
    await page.getByRole("button", { name: "English" }).click();
    await page.getByRole("link", { name: "Fine-chemical pilot line" }).first().waitFor();
    await page.reload();
    await page.getByRole("link", { name: "Fine-chemical pilot line" }).first().waitFor();
    expect(await page.locator("html").getAttribute("lang")).toBe("en");
    const words = (await page.locator("#app").innerText()).replace("中文", "");
    expect(words).not.toMatch(/[\u4e00-\u9fff]/);
  });

  test("an alarm appears at once, is acknowledged with a comment by keyboard, and shows who did it", async () => {
    await using page = await openPage(browser);
    await signIn(page, fixture, "/alarms");
    fixture.raise(fixtureAlarm(alarm, Date.now() - 86_400_000));
    await page.getByRole("button", { name: "确认报警：釜内温度高" }).waitFor({ timeout: 1_000 });
    await page.getByRole("button", { name: "确认报警：釜内温度高" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor();
    await page.keyboard.press("Tab");
    await page.locator("#act-comment").fill("已检查冷却水");
    await page.keyboard.press("Control+Enter");
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    expect(fixture.acknowledged).toEqual([{ alarm: alarm.alarm, comment: "已检查冷却水" }]);
    await expect.poll(() => page.locator("tbody tr").first().textContent(), soon).toContain("已确认");
    expect(await page.locator("tbody tr").first().textContent()).toContain(fixtureUser.user);
    await page.getByRole("link", { name: "报警日志" }).click();
    await page.getByText("已检查冷却水").waitFor();
  });

  test("an alarm is shelved for a time and with a reason by keyboard, stays visible as such, and comes back", async () => {
    fixture.raise(fixtureAlarm(alarm, Date.now()));
    await using page = await openPage(browser);
    await signIn(page, fixture, "/alarms");
    await page.getByRole("button", { name: "更多操作报警：釜内温度高" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("menuitem", { name: "搁置…" }).press("Enter");
    const dialog = page.getByRole("dialog");
    const lengths = await dialog.locator("#act-minutes option").allTextContents();
    expect([lengths.length, lengths.at(-1)]).toEqual([6, "4 小时"]);
    const confirm = dialog.getByRole("button", { name: "搁置", exact: true });
    expect(await confirm.isDisabled()).toBe(true);
    await dialog.locator("#act-minutes").selectOption({ label: "2 小时" });
    await dialog.locator("#act-comment").fill("正在校准温度变送器");
    await confirm.click();
    await dialog.waitFor({ state: "hidden" });
    const hidden = page.getByRole("region", { name: "搁置、抑制与停用（1）" }).first();
    await hidden.getByText("正在校准温度变送器").waitFor();
    expect(await page.getByRole("button", { name: "确认报警：釜内温度高" }).count()).toBe(0);
    await page.getByRole("button", { name: "取消搁置报警：釜内温度高" }).click();
    await dialog.getByRole("button", { name: "取消搁置", exact: true }).click();
    await page.getByRole("button", { name: "确认报警：釜内温度高" }).waitFor();
    expect(await page.locator("#hidden-alarms").count()).toBe(0);
  });

  test("a refused acknowledgement stays open and says why", async () => {
    fixture.raise(fixtureAlarm(alarm, Date.now()));
    fixture.faults.acknowledgeAnswer = { status: 403, error: "FORBIDDEN" };
    await using page = await openPage(browser);
    await signIn(page, fixture, "/lines/fine-chemical");
    await page.getByRole("button", { name: "确认报警：釜内温度高" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "确认", exact: true }).click();
    await page.getByText("您没有该操作的权限。").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    fixture.faults.acknowledgeAnswer = null;
  });

  test("a role that may not acknowledge is offered no button, but told who may", async () => {
    fixture.raise(fixtureAlarm(alarm, Date.now()));
    fixture.faults.session = { role: "viewer", initialPassword: false };
    await using page = await openPage(browser);
    await signIn(page, fixture, "/alarms");
    await page.getByText("报警由工程师、安全人员或管理员确认，您的角色仅可查看。").waitFor();
    expect(await page.getByRole("button", { name: "确认报警：釜内温度高" }).count()).toBe(0);
    expect(await page.getByRole("link", { name: "查看趋势" }).count()).toBe(1);
    fixture.faults.session = { role: "engineer", initialPassword: false };
    await page.reload();
    await page.getByRole("button", { name: "确认报警：釜内温度高" }).waitFor();
    expect(await page.locator(".who-may").count()).toBe(0);
    fixture.faults.session = { role: "safety", initialPassword: false };
  });

  test("pages that cannot be shown say so: no such line, no permission, no lines, an error with a retry", async () => {
    await using page = await openPage(browser);
    await signIn(page, fixture, "/lines/nowhere");
    await page.getByText("页面不存在").waitFor();
    fixture.faults.refusedView = "FORBIDDEN";
    await page.goto(`${fixture.url}/lines/coating`);
    await page.getByText("您没有查看此页的权限。").waitFor();
    fixture.faults.refusedView = null;
    fixture.faults.plant = { ...fixturePlant, lines: [] };
    await page.goto(fixture.url);
    await page.getByText("尚未配置产线").waitFor();
    fixture.faults.plant = fixturePlant;
    await page.route("**/api/plant", (route) =>
      route.fulfill({ status: 503, json: { error: "UNKNOWN", detail: "x" } }),
    );
    await page.reload();
    await page.getByRole("heading", { name: "加载失败" }).waitFor();
    await page.unroute("**/api/plant");
    await page.getByRole("button", { name: "重试" }).click();
    await page.locator(".card").first().waitFor();
  });

  test("a phone has no sideways scrolling on any page", async () => {
    await using page = await openPage(browser, { viewport: { width: 375, height: 740 } });
    await signIn(page, fixture);
    for (const path of [
      "/",
      "/lines/fine-chemical",
      "/alarms",
      "/alarms/journal",
      `/lines/fine-chemical/trend?tags=${reactor}`,
    ]) {
      await page.goto(fixture.url + path);
      await page.locator(".link-mark[data-state=live]").waitFor();
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(375);
    }
  });
});
