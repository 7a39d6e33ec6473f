import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildPages } from "../../dashboard/build.ts";
import { launchChromium, noChromium } from "./chromium.ts";
import { openPage } from "./pages.ts";
import { type RecordServer, startRecordServer } from "./recordServer.ts";

const standards = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
/** Where pictures go, when somebody wants to look. */
const pictures = process.env.PILOTLINE_PICTURES;

const choose = (page: Page, text: string) =>
  page
    .getByRole("dialog")
    .locator("input[type=file]")
    .setInputFiles({
      name: "table.csv",
      mimeType: "text/csv",
      buffer: Buffer.from(text),
    });
const picture = async (page: Page, name: string) => {
  if (pictures) await page.screenshot({ path: `${pictures}/${name}.png` });
};
const isAccessible = async (page: Page) => {
  const { violations } = await new AxeBuilder({ page }).withTags(standards).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
};

describe.skipIf(noChromium)(`imports${noChromium ? ` (skipped: ${noChromium})` : ""}`, { timeout: 60_000 }, () => {
  let browser: Browser;
  let office: RecordServer;
  beforeAll(async () => {
    await buildPages(() => {});
    browser = await launchChromium();
    office = await startRecordServer();
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await office?.[Symbol.asyncDispose]();
  });
  const opened = async (page: Page, user: string, path: string) => {
    page.setDefaultTimeout(10_000);
    await office.signIn(page, user);
    await page.goto(office.url + path);
    await page.getByRole("heading", { level: 1 }).waitFor();
  };

  test("an administrator tries a file, reads its mistakes by line, and imports the repaired one", async () => {
    await using page = await openPage(browser, { locale: "zh-CN", viewport: { width: 1280, height: 800 } });
    await opened(page, "admin", "/tenants");
    await page.getByRole("button", { name: "导入 CSV：租户" }).click();
    const dialog = page.getByRole("dialog");
    const submit = dialog.getByRole("button", { name: /^导入/ });
    expect(await submit.isDisabled()).toBe(true);
    await choose(page, "id,name,relation\nacme,Acme,external\na b,,friend\n");
    await dialog.getByText("2 处错误，未导入任何内容").waitFor();
    const rows = await dialog.getByRole("row").allInnerTexts();
    expect(rows.slice(1).map((row) => row.replace(/\s+/g, " "))).toEqual([
      "3 name 单元格为空",
      "3 relation “friend” 不是下列之一：own, affiliate, external",
    ]);
    expect(await submit.isDisabled()).toBe(true);
    await picture(page, "import-problems");
    await isAccessible(page);
    await choose(page, "id,name,relation\nacme,Acme,external\nlab,中试实验室,own\n");
    await dialog.getByText("将新增 2 条。").waitFor();
    expect(office.server.records.tenants()).toEqual([]);
    await picture(page, "import-tried");
    await submit.press("Enter");
    await dialog.waitFor({ state: "detached" });
    await page.getByRole("rowheader", { name: "acme" }).waitFor();
    expect(office.server.records.tenants().map(({ id }) => id)).toEqual(["acme", "lab"]);

    await page.getByRole("button", { name: "导入 CSV：价格表" }).click();
    await choose(page, "id,validFrom,item,of,cny,source\ny26,2026-01-01,hour,chem/r1,120,价目 7 号\n");
    await dialog.getByRole("button", { name: "导入 1 条" }).click();
    await dialog.waitFor({ state: "detached" });
    await page.getByText("chem/r1 120").waitFor();
  });

  test("an engineer imports runs on a phone, in English; what is there already is said and not imported again", async () => {
    await using page = await openPage(browser, { locale: "en-US", viewport: { width: 390, height: 844 } });
    await opened(page, "engineer", "/runs");
    const table = "line,equipment,from,to,batch\nchem,r1,2026-03-02T08:00:00+08:00,2026-03-02T12:00:00+08:00,B-1\n";
    const dialog = page.getByRole("dialog");
    const open = () => page.getByRole("button", { name: "Import CSV: Runs" }).click();
    await open();
    await choose(page, table);
    await dialog.getByRole("button", { name: "Import 1" }).click();
    await dialog.waitFor({ state: "detached" });
    expect(office.server.records.runCount()).toBe(1);
    await open();
    await choose(page, table);
    await dialog.getByText("Nothing new: all 1 are there already.").waitFor();
    expect(await dialog.getByRole("button", { name: "Import", exact: true }).isDisabled()).toBe(true);
    await picture(page, "import-390");
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(390);
    await isAccessible(page);
  });

  test("a viewer may take the table and not bring one", async () => {
    await using page = await openPage(browser, { locale: "zh-CN" });
    await opened(page, "viewer", "/tenants");
    const download = page.waitForEvent("download");
    await page.getByRole("link", { name: "导出 CSV：价格表" }).click();
    expect((await download).suggestedFilename()).toBe("prices.csv");
    expect(await page.getByRole("button", { name: /^导入/ }).count()).toBe(0);
  });
});
