import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { instant } from "#shared/model/time.ts";
import { buildPages } from "../../dashboard/build.ts";
import { launchChromium, noChromium } from "./chromium.ts";
import { openPage } from "./pages.ts";
import { type RecordServer, startRecordServer } from "./recordServer.ts";

const hour = 3_600_000;
const standards = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const by = { at: instant(1), by: "li", why: null };

describe.skipIf(noChromium)(`use and sharing${noChromium ? ` (skipped: ${noChromium})` : ""}`, () => {
  let browser: Browser;
  let records: RecordServer;
  beforeAll(async () => {
    await buildPages(() => {});
    browser = await launchChromium();
    records = await startRecordServer();
    const { server } = records;
    server.records.addTenants([
      {
        id: "acme",
        ...by,
        origin: "t",
        record: { name: "Acme 化学", relation: "external", creditCode: null, contact: null, active: true },
      },
    ]);
  });
  afterAll(async () => {
    await browser?.close();
    await records?.[Symbol.asyncDispose]();
  });

  async function signedIn(page: Page, user: string, path: string): Promise<string> {
    await records.signIn(page, user);
    await page.goto(records.url + path);
    await page.getByRole("heading", { level: 1 }).waitFor();
    return user;
  }

  test("an engineer starts a run by keyboard, ends it with what it made, and its history says who", async () => {
    await using page = await openPage(browser);
    page.setDefaultTimeout(5_000);
    const user = await signedIn(page, "engineer", "/runs");
    await page.getByRole("button", { name: "开始批次" }).focus();
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "开始批次" }).click();
    expect(await dialog.getByRole("alert").textContent()).toContain("至少选择一台设备");
    await dialog.getByLabel("反应釜").press("Space");
    await dialog.getByLabel("租户").selectOption("acme");
    await dialog.getByLabel("批号", { exact: true }).fill("B-7");
    await dialog.getByRole("button", { name: "开始批次" }).press("Enter");
    await dialog.waitFor({ state: "detached" });
    const row = page.getByRole("row").filter({ hasText: "B-7" });
    expect(await row.textContent()).toContain("Acme 化学");
    await row.getByRole("button", { name: "结束批次 R000001" }).click();
    await dialog.getByLabel("产量").fill("9");
    await dialog.getByLabel("合格量").fill("8.5");
    await dialog.getByRole("button", { name: "结束批次", exact: true }).click();
    await dialog.waitFor({ state: "detached" });
    await row.getByText("完成").waitFor();
    expect(records.server.records.run("R000001")?.quantities).toEqual({
      unit: "kg",
      planned: null,
      produced: 9,
      good: 8.5,
    });
    await row.getByRole("button", { name: "批次 R000001 的历史" }).click();
    await dialog.getByRole("cell", { name: user }).first().waitFor();
    expect(await dialog.getByRole("row").count()).toBe(3);
  });

  test("two bookings of one time are shown as a conflict; the second cannot be confirmed, and says why", async () => {
    await using page = await openPage(browser);
    await signedIn(page, "engineer", "/runs");
    const dialog = page.getByRole("dialog");
    const book = async (confirmed: boolean) => {
      await page.getByRole("button", { name: "预约设备: 反应釜" }).click();
      await dialog.getByLabel("租户").selectOption("acme");
      if (!confirmed) await dialog.getByLabel("直接确认").uncheck();
      await dialog.getByRole("button", { name: "保存", exact: true }).click();
      await dialog.waitFor({ state: "detached" });
    };
    await book(true);
    await book(false);
    await page.getByText("本周有 1 处时间冲突").waitFor();
    await page.getByRole("button", { name: "确认 B000002" }).click();
    await page.locator(".dialog-notice").filter({ hasText: "B000001" }).waitFor();
    await page.getByRole("button", { name: "取消预约 B000001" }).click();
    await dialog.getByLabel("原因").fill("无物料");
    await dialog.getByRole("button", { name: "取消预约" }).click();
    await dialog.waitFor({ state: "detached" });
    await page.getByRole("button", { name: "确认 B000002" }).click();
    await page.getByText("本周无时间冲突").waitFor();
  });

  test("a viewer sees runs and bookings and is offered no act", async () => {
    await using page = await openPage(browser);
    await signedIn(page, "viewer", "/runs");
    await page.getByText("您的角色只能查看。").waitFor();
    expect(await page.getByRole("button", { name: "开始批次" }).count()).toBe(0);
  });

  test("the statement lists hours, energy and amounts by tenant, adds up, and downloads as CSV", async () => {
    await using page = await openPage(browser);
    const day = new Date(Date.now() + 8 * hour).toISOString().slice(0, 10);
    const { server } = records;
    const used = { equipment: "r1", knownH: 8, elapsedH: 10, energyKwh: 20, estimatedKwh: 0, waterM3: null };
    const part = { project: null, heldH: 4, energyKwh: { all: 10 }, waterM3: 0, alarms: 1 };
    const parts = [
      { ...part, tenant: "acme", run: "R000001", usedH: 3 },
      { ...part, tenant: null, run: null, usedH: 1 },
    ];
    const equipment = [{ ...used, usedH: 4, basis: "states" as const, parts }];
    server.records.saveUsageDay({ day, line: "chem", equipment, computedAt: instant(1), inputs: "" });
    const prices = { validFrom: "2020-01-01", perHour: { "chem/r1": 200 }, waterPerM3: 4, source: "x" };
    const record = { ...prices, energy: { perKwh: 0.8, byBand: {} } };
    server.records.addPriceLists([{ id: "p", ...by, origin: "p", record }]);
    await signedIn(page, "viewer", "/usage");
    await page.getByRole("heading", { name: "Acme 化学" }).waitFor();
    const acme = page.getByRole("region", { name: "Acme 化学" });
    expect(await acme.getByRole("row").last().textContent()).toContain("608.00");
    expect(await page.getByText("闭合校验：使用 4.00 h = 归集 4.00 h").count()).toBe(1);
    await page.getByText("状态覆盖率 80.0 %，未知 2.0 h").waitFor();
    const download = page.waitForEvent("download");
    await page.getByRole("link", { name: "下载 CSV" }).click();
    expect((await download).suggestedFilename()).toBe(`usage_${day.slice(0, 7)}.csv`);
    await page.emulateMedia({ media: "print" });
    expect(await page.getByRole("banner").isVisible()).toBe(false);
  });

  test("a figure is declared with its document, submitted, and verified by a second person only", async () => {
    await using page = await openPage(browser);
    await signedIn(page, "admin", "/declared");
    const dialog = page.getByRole("dialog");
    await page.getByRole("button", { name: "新增申报" }).click();
    await dialog.getByLabel("项目").selectOption("P-01");
    await dialog.getByLabel("数值").fill("5");
    await dialog.getByLabel("佐证文件").setInputFiles({
      name: "证明 1.pdf",
      mimeType: "application/pdf",
      buffer: Buffer.from("%PDF-1.4 evidence"),
    });
    await dialog.getByRole("button", { name: "保存", exact: true }).click();
    await dialog.waitFor({ state: "detached" });
    await page.getByRole("button", { name: "提交 D000001" }).click();
    await page.getByText("已提交").waitFor();
    expect(await page.getByRole("button", { name: "核验通过 D000001" }).count()).toBe(0);
    await page.getByText("偏差超过 20 %").waitFor();

    await using other = await openPage(browser);
    await signedIn(other, "admin-2", "/declared");
    await other.getByRole("button", { name: "核验通过 D000001" }).click();
    await other.getByText("已核验", { exact: true }).waitFor();
    const download = other.waitForEvent("download");
    await other.getByRole("link", { name: "证明 1.pdf" }).click();
    expect((await download).suggestedFilename()).toBe("证明 1.pdf");
  });

  test("an administrator registers a tenant and a price list", async () => {
    await using page = await openPage(browser);
    page.setDefaultTimeout(5_000);
    await signedIn(page, "admin", "/tenants");
    const dialog = page.getByRole("dialog");
    await page.getByRole("button", { name: "登记租户" }).click();
    await dialog.getByLabel("代号").fill("univ");
    await dialog.getByLabel("名称").fill("山东某大学");
    await dialog.getByRole("button", { name: "保存", exact: true }).click();
    await dialog.waitFor({ state: "detached" });
    await page.getByRole("cell", { name: "山东某大学" }).waitFor();
    await page.getByRole("button", { name: "新价格表" }).click();
    await dialog.getByLabel("电价 元/kWh", { exact: true }).fill("0.9");
    await dialog.getByLabel("机时价").fill("chem/r1 = 210\ncoat/oven = x");
    await dialog.getByLabel("依据").fill("会议纪要");
    await dialog.getByRole("button", { name: "保存", exact: true }).click();
    expect(await dialog.getByRole("alert").textContent()).toContain("coat/oven = x");
    await dialog.getByLabel("机时价").fill("chem/r1 = 210");
    await dialog.getByRole("button", { name: "保存", exact: true }).click();
    await dialog.waitFor({ state: "detached" });
    await page.getByRole("cell", { name: "会议纪要" }).waitFor();
  });

  test.each(["/runs", "/usage", "/tenants", "/declared"])(
    "axe finds nothing on %s, in both languages and at 390 px",
    async (path) => {
      await using page = await openPage(browser, { viewport: { width: 390, height: 844 } });
      await signedIn(page, "admin", path);
      await page.locator("h2").first().waitFor();
      const look = async () =>
        (await new AxeBuilder({ page }).withTags(standards).analyze()).violations.map(({ id, nodes }) => [
          id,
          nodes[0]?.html,
        ]);
      expect(await look()).toEqual([]);
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(390);
      await page.goto(`${records.url}${path}?lang=en`);
      await page.locator("h2").first().waitFor();
      expect(await look()).toEqual([]);
    },
  );
});
