import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildPages } from "../../dashboard/build.ts";
import { launchChromium, noChromium } from "./chromium.ts";
import { openPage } from "./pages.ts";
import { type RecordServer, startRecordServer } from "./recordServer.ts";

describe.skipIf(noChromium)(`first steps${noChromium ? ` (skipped: ${noChromium})` : ""}`, () => {
  let browser: Browser;
  let records: RecordServer;
  beforeAll(async () => {
    await buildPages(() => {});
    browser = await launchChromium();
    records = await startRecordServer();
  });
  afterAll(async () => {
    await browser?.close();
    await records?.[Symbol.asyncDispose]();
  });

  test("the first administrator is led to them; a step that was done shows so without a reload", async () => {
    await using page = await openPage(browser);
    page.setDefaultTimeout(10_000);
    await records.signIn(page, "admin");
    await page.goto(records.url);
    await page.getByRole("link", { name: "查看首次设置" }).click();
    await page.getByRole("heading", { level: 1, name: "首次设置" }).waitFor();
    const step = (title: string) =>
      page.getByRole("listitem").filter({ has: page.getByRole("heading", { name: title }) });
    expect(await step("修改初始密码").innerText()).toContain("admin");
    const people = step("为每个人建立账户");
    expect(await people.getAttribute("data-state")).toBe("todo");
    await records.server.accounts.createUser("second", "admin");
    await records.server.accounts.createUser("officer", "safety");
    await expect.poll(() => people.getAttribute("data-state"), { timeout: 10_000 }).toBe("done");
    expect(await people.innerText()).toContain("管理员 2 人，安全人员 1 人");
    await step("连接全部仪表装置").getByRole("link").click();
    await page.getByRole("heading", { level: 1, name: "系统" }).waitFor();
  });
});
