import type { Browser } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type AlarmPriority, alarmPriorities } from "#shared/model/alarm.ts";
import { buildPages } from "../../dashboard/build.ts";
import { launchChromium, noChromium } from "./chromium.ts";
import { fixtureAlarm, tagOf } from "./fixturePlant.ts";
import { type Fixture, startFixture } from "./fixtureServer.ts";
import { openPage, signIn } from "./pages.ts";

const tags = ["fine-chemical/reactor/pressure", "coating/oven/zone-1", "fermentation/fermenter/ph"].map(tagOf);
const alarmOf = (n: number, since: number) => {
  const tag = tags[n % tags.length] ?? tagOf("coating/oven/zone-1");
  const priority = alarmPriorities[n % 4] as AlarmPriority;
  const alarm = `demo/${tag.split("/")[1]}/A${n}`;
  return fixtureAlarm({ alarm, tag, priority, name: { zh: `报警 ${n}`, en: `Alarm ${n}` } }, since);
};

describe.skipIf(noChromium)(`alarm pages${noChromium ? ` (skipped: ${noChromium})` : ""}`, () => {
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

  test("within a flood a safety officer acknowledges one alarm by keyboard, then all that are critical", async () => {
    await using page = await openPage(browser);
    await signIn(page, fixture, "/alarms");
    const began = Date.now();
    let raised = 0;
    /** 10,000 alarms in 10 s. */
    const flood = setInterval(() => {
      for (let i = 0; i < 50 && raised < 10_000; i++) fixture.raise(alarmOf(raised++, began - 86_400_000 + raised));
    }, 50);
    using stack = new DisposableStack();
    stack.defer(() => clearInterval(flood));
    await page.locator(".alarm-list tr.alarm").first().waitFor();
    await page.getByRole("button", { name: "暂停更新" }).click();
    await page.locator("tr.alarm").first().focus();
    await page.keyboard.press("j");
    const alarm = await page.locator("tr.alarm:focus").getAttribute("data-alarm");
    await page.keyboard.press("a");
    await page.locator("#act-comment").fill("已派人到现场");
    await page.keyboard.press("Control+Enter");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    // It does not wait for the flood to end.
    expect(raised).toBeLessThan(10_000);
    expect(fixture.acknowledged).toEqual([{ alarm, comment: "已派人到现场" }]);
    await expect.poll(() => raised, { timeout: 30_000 }).toBe(10_000);
    await page.getByRole("button", { name: /继续更新/ }).click();

    // The page is not slow for it: no more than a hundred rows are there, and a filter answers at once.
    await expect.poll(() => page.locator("tr.alarm").count()).toBe(100);
    await page.getByRole("group", { name: "优先级" }).getByRole("button").first().click();
    await expect.poll(() => page.url()).toContain("priority=critical");
    const open = alarm && Number(alarm.split("A").at(-1)) % 4 === 0 ? 2_499 : 2_500;
    await page.getByRole("button", { name: `确认全部显示的报警（${open}）` }).click();
    await page.locator("#act-comment").fill("大面积停电");
    await page.keyboard.press("Control+Enter");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    expect(fixture.acknowledged.length).toBe(open + 1);
    await page.getByRole("button", { name: "确认全部显示的报警（0）" }).waitFor();
  }, 90_000);

  test("the address holds what is shown; alarms are grouped, sought, opened, selected and shelved together", async () => {
    for (let n = 0; n < 12; n++) fixture.raise(alarmOf(n, Date.now() - n * 1_000));
    await using page = await openPage(browser);
    await signIn(page, fixture, "/alarms?group=line&sort=newest&line=coating");
    await page.locator("tr.group").waitFor();
    expect(
      await page.locator("tr.alarm").evaluateAll((rows) => rows.map((row) => row.getAttribute("data-alarm"))),
    ).toEqual([1, 4, 7, 10].map((n) => `demo/coating/A${n}`));
    await page.getByRole("searchbox").fill("报警 7");
    await expect.poll(() => page.locator("tr.alarm").count()).toBe(1);
    await page.locator("tr.alarm .opener").click();
    await page.getByText("反应失控，安全阀起跳。").waitFor();
    await page
      .getByText(/5 min|5 分/)
      .first()
      .waitFor();
    await page.reload();
    await expect.poll(() => page.locator("tr.alarm").count()).toBe(1);
    await page.getByRole("button", { name: "显示全部" }).click();
    await expect.poll(() => page.locator("tr.alarm").count()).toBe(12);
    await page.locator("tr.alarm").first().focus();
    await page.keyboard.press("x");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("x");
    await page.keyboard.press("s");
    const dialog = page.getByRole("dialog");
    await dialog.waitFor();
    // One of them is critical, and those are never shelved.
    await dialog.getByText("该优先级的报警不允许搁置。").waitFor();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    await page.goto(`${fixture.url}/alarms?priority=low`);
    await page.getByRole("checkbox", { name: "选择全部显示的报警" }).check();
    await page.getByRole("button", { name: "搁置", exact: true }).click();
    await page.locator("#act-comment").fill("仪表校验");
    await page.keyboard.press("Control+Enter");
    await dialog.waitFor({ state: "detached" });
    await page.locator("#hidden-alarms").waitFor();
    expect(await page.locator(".hidden-alarms tr.alarm").count()).toBe(3);
  });

  test("the banner of every page leads to the most urgent alarm, opened, and tells a flood", async () => {
    for (let n = 0; n < 12; n++) fixture.raise(alarmOf(n, Date.now() - n * 1_000));
    await using page = await openPage(browser);
    await signIn(page, fixture, "/lines/coating");
    const banner = page.locator(".alarm-banner");
    await banner.getByText("报警泛滥：10 分钟内 12 条").waitFor();
    await banner.locator("a.first").click();
    await page.locator("tr.detail").waitFor();
    expect(await page.locator("tr.alarm:focus").getAttribute("data-alarm")).toBe("demo/fine-chemical/A0");
    await banner.locator("a.count").nth(3).click();
    await expect.poll(() => page.locator("tr.alarm").count()).toBe(3);
  });

  test("the journal is searched by its address, read on, exported, and says where it cannot be read", async () => {
    for (let n = 0; n < 450; n++) fixture.raise(alarmOf(n, Date.now()));
    await using page = await openPage(browser);
    await signIn(page, fixture, "/alarms/journal?range=7d&priority=high");
    const rows = page.locator(".journal tbody tr");
    await expect.poll(() => rows.count()).toBe(200);
    expect(fixture.journalAsked.at(-1)).toMatch(/priority=high&from=\d+/);
    await page.getByRole("button", { name: "更早的记录" }).click();
    await expect.poll(() => rows.count()).toBe(400);
    await page.getByRole("searchbox").last().fill("报警 44");
    await page.keyboard.press("Enter");
    await expect.poll(() => rows.count()).toBe(11);
    expect(page.url()).toContain("text=");
    const href = await page.getByRole("link", { name: "导出 CSV" }).getAttribute("href");
    expect(href).toMatch(/^\/api\/alarms\/journal\.csv\?priority=high&text=.+&from=\d+$/);
    await page.getByRole("searchbox").last().fill("没有这样的");
    await page.keyboard.press("Enter");
    await page.getByText("日志中没有符合条件的记录。").waitFor();
    fixture.faults.journalStatus = 503;
    await page.getByRole("button", { name: "刷新" }).click();
    await page.getByRole("alert").filter({ hasText: "no records" }).waitFor();
    fixture.faults.journalStatus = 200;
    await page.getByRole("button", { name: "重试" }).click();
    await page.getByText("日志中没有符合条件的记录。").waitFor();
  });
});
