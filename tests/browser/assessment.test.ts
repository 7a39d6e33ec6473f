import { execFile } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildPages } from "../../dashboard/build.ts";
import type { Role } from "../../dashboard/server/roles.ts";
import { assessmentHandlers } from "../../ingest/assessment/handlers.ts";
import { createRegistrar, type Registrar } from "../../ingest/assessment/registrar.ts";
import { checkPack } from "../../ingest/assessment/verify/checkPack.ts";
import { silentLog } from "../../shared/kit/log.ts";
import { millis } from "../../shared/model/time.ts";
import { openEmbeddedReader } from "../../shared/store/embedded/open.ts";
import { closing, freshFigures, good, key, mode, october, octoberSamples, plant } from "../assessment/bench.ts";
import { startServer, type TestServer } from "../dashboard/server.ts";
import { launchChromium, noChromium } from "./chromium.ts";
import { openPage } from "./pages.ts";

const dist = fileURLToPath(new URL("../../dashboard/web/dist", import.meta.url));
/** Where pictures go, when somebody wants to look. */
const pictures = process.env.PILOTLINE_PICTURES;

interface Office extends AsyncDisposable {
  readonly server: TestServer;
  readonly registrar: Registrar;
  readonly url: string;
  signIn(page: Page, role: Role, path: string): Promise<void>;
}

/** The real server and pages over real stores with October in them; commands are carried out by the real registrar. */
async function openOffice(): Promise<Office> {
  const stack = new AsyncDisposableStack();
  const work: { registrar: Registrar | null } = { registrar: null };
  const server = stack.use(
    await startServer({
      plant,
      pages: dist,
      publicOrigin: null,
      commands: {
        ask: async (request) => {
          if (!work.registrar) throw new Error("The registrar is not there yet.");
          const handlers = assessmentHandlers(work.registrar) as unknown as Record<string, (asked: object) => never>;
          return (await handlers[request.kind]?.(request)) ?? { outcome: "done" };
        },
      },
    }),
  );
  const clock = { now: () => closing, monotonic: () => millis(0), sleep: async () => {} };
  await server.samples.write([{ name: null, samples: octoberSamples() }]);
  const reader = stack.use(
    await openEmbeddedReader({ file: join(server.folder, "history.db"), clock, log: silentLog }),
  );
  const registrar = createRegistrar({
    plant,
    records: server.records,
    figures: freshFigures(reader, server.records, clock),
    scoring: null,
    key,
    clock,
    log: silentLog,
    onOfficial: () => {},
  });
  work.registrar = registrar;
  const declared = { item: "P-01", period: "2026-10", equipment: null, value: 5, unit: "{organisation}", note: null };
  const evidence = { fileName: "a.pdf", sha256: "ab".repeat(32), bytes: 9 };
  server.records.addDeclared([
    {
      ...{ id: "D000001", at: closing, by: "li", why: null, origin: "d" },
      record: { ...declared, evidence, state: "verified", declarer: "li", verifier: "wang" },
    },
  ]);
  await registrar.freeze("2026-10");
  await registrar.prepare("2026-10");
  await registrar.prepare("2026-11");
  const url = await server.listen();
  return {
    server,
    registrar,
    url,
    signIn: async (page, role, path) => {
      const name = `${role}-${server.accounts.users().length}`;
      const password = await server.accounts.createUser(name, role);
      await page.goto(`${url}/login?next=${encodeURIComponent(path)}`);
      await page.locator("#user").fill(name);
      await page.locator("#password").fill(password);
      await page.keyboard.press("Enter");
      await page.locator("h1").waitFor();
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

const standards = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

async function picture(page: Page, name: string): Promise<void> {
  if (!pictures) return;
  await mkdir(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `${name}.png`) });
}

async function isAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withTags(standards).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
}

describe.skipIf(noChromium)(`assessment ${noChromium || ""}`, { timeout: 120_000 }, () => {
  let browser: Browser;
  beforeAll(async () => {
    await buildPages(() => {});
    browser = await launchChromium();
  }, 240_000);
  afterAll(() => browser?.close());

  test("an administrator seals, drills from a figure to its samples, exports, and amends with a second one", async () => {
    await using office = await openOffice();
    await using page = await openPage(browser, { locale: "zh-CN", viewport: { width: 1280, height: 900 } });
    await office.signIn(page, "admin", "/assessment/2026-10");
    await page.getByText("已关账，待封存").last().waitFor();
    await picture(page, "assessment-closed");
    await isAccessible(page);

    await page.getByRole("button", { name: "封存…" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "确认" }).click();
    await page.getByText("链与签名完好").waitFor();
    // Nobody of outside has used the line: what was declared is shown beside that, and marked.
    await page.getByRole("cell", { name: "系统记录 0，偏差 – · 偏差超过 20 %" }).waitFor();
    await picture(page, "assessment");

    await page.getByLabel("范围").selectOption("demo/chem");
    await page.getByRole("button", { name: "U-02 运营利用率的依据" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("状态区间").waitFor();
    await dialog.getByRole("region", { name: "状态区间" }).getByRole("button").first().click();
    const samples = dialog.getByRole("region", { name: "原始采样" });
    await samples.getByRole("row").nth(1).waitFor();
    expect(await samples.getByRole("row").nth(1).innerText()).toMatch(/2026-10-01 00:00:00\s+1\s+good/);
    await picture(page, "assessment-evidence");
    await isAccessible(page);
    await page.keyboard.press("Escape");

    const download = page.waitForEvent("download");
    await page.getByRole("link", { name: "证据包" }).click();
    const pack = await readFile(await (await download).path());
    expect(checkPack(pack, null).problems).toEqual([]);

    await office.server.samples.write([{ name: null, samples: [good(mode, october.from + 600_000, 1)] }]);
    await page.getByRole("button", { name: "提出更正…" }).click();
    await page.getByRole("dialog").getByLabel("原因").fill("网关离线，数据迟到");
    await page.getByRole("dialog").getByRole("button", { name: "确认" }).click();
    await page.getByText("须由提出人以外的管理员批准").waitFor();
    expect(await page.getByRole("button", { name: "批准" }).count()).toBe(0);

    await using second = await openPage(browser, { locale: "zh-CN", viewport: { width: 1280, height: 900 } });
    await office.signIn(second, "admin", "/assessment/2026-10");
    await second.getByText("影响").first().click();
    await picture(second, "assessment-amendment");
    await second.getByRole("button", { name: "批准" }).click();
    await second.getByRole("dialog").getByRole("button", { name: "确认" }).click();
    await second.getByRole("dialog").waitFor({ state: "detached" });
    expect(office.registrar.officials().map(({ document }) => document.version)).toEqual([2]);
  });

  test("others read: provisional is marked, nothing can be sealed, a period without data says so; English, 390 px", async () => {
    await using office = await openOffice();
    await using page = await openPage(browser, { locale: "en-US", viewport: { width: 390, height: 844 } });
    await office.signIn(page, "viewer", "/assessment/2026-11");
    await page.locator(".mark.provisional").waitFor();
    expect(await page.getByRole("button", { name: "Seal…" }).count()).toBe(0);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(390);
    await picture(page, "assessment-390");
    await isAccessible(page);
    await page.goto(`${office.url}/assessment/2026-03`);
    await page.getByText("There is no assessment of 2026-03").waitFor();
    await page.goto(`${office.url}/assessment/2026-10`);
    await page.locator(".mark.closed").waitFor();
    expect(await page.getByRole("button", { name: "Seal…" }).count()).toBe(0);
  });

  test("the report prints as A4 pages with its charts", async () => {
    await using office = await openOffice();
    await office.registrar.seal("2026-10", "anna", []);
    await using page = await openPage(browser, { locale: "zh-CN" });
    await office.signIn(page, "viewer", "/assessment/2026-10");
    await page.goto(`${office.url}/api/assessments/2026-10/file?name=report.html`);
    expect(await page.title()).toContain("2026 年 10 月运行评价报告");
    const report = await page.locator("body").innerText();
    expect(report).toContain("未核验的");
    // What the engine names by a word of its own is said in Chinese.
    expect(report.match(/\b(no|zero|not)_[a-z_]+|coverage below|nothing declared/g)).toBeNull();
    expect(await page.locator("svg").count()).toBeGreaterThanOrEqual(2);
    expect(await page.evaluate("getComputedStyle(document.querySelector('table')).borderCollapse")).toBe("collapse");
    const pdf = await page.pdf({ preferCSSPageSize: true });
    const text = pdf.toString("latin1");
    const boxes = [...text.matchAll(/\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/g)];
    expect(boxes.length).toBeGreaterThanOrEqual(2);
    // A4 in points, upright.
    for (const [, width, height] of boxes) {
      expect(Math.abs(Number(width) - 595)).toBeLessThan(2);
      expect(Math.abs(Number(height) - 842)).toBeLessThan(2);
    }
    if (!pictures) return;
    await mkdir(pictures, { recursive: true });
    await writeFile(join(pictures, "report.pdf"), pdf);
    const xlsx = Buffer.from(
      await (await page.request.get(`${office.url}/api/assessments/2026-10/file?name=figures.xlsx`)).body(),
    );
    await writeFile(join(pictures, "figures.xlsx"), xlsx);
    await promisify(execFile)("pdftoppm", ["-png", "-r", "60", join(pictures, "report.pdf"), join(pictures, "report")]);
  });
});
