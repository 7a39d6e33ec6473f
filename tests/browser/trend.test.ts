import { readFile } from "node:fs/promises";
import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { buildPages } from "../../dashboard/build.ts";
import { launchChromium, noChromium } from "./chromium.ts";
import { fixtureAlarm, fixtureTags, tagOf } from "./fixturePlant.ts";
import { fixtureRun } from "./fixtureRuns.ts";
import { type Fixture, startFixture } from "./fixtureServer.ts";
import { openPage, signIn } from "./pages.ts";

const tags = ["fine-chemical/reactor/temperature", "fine-chemical/reactor/pressure"].map(tagOf);
const trend = `/lines/fine-chemical/trend?tags=${tags.join()}`;

/** Share of the drawn pixels of the first chart's left and right half. */
const inkOf = (page: Page): Promise<[number, number]> =>
  page.evaluate(`(() => {
    const canvas = document.querySelector(".trend-chart canvas");
    const { width, height } = canvas;
    const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
    const ink = [0, 0];
    for (let i = 3; i < data.length; i += 4) if (data[i] > 200) ink[((i >> 2) % width) * 2 < width ? 0 : 1]++;
    return ink.map((n) => n / (width * height));
  })()`);

interface Seen {
  readonly width: number;
  readonly corner: readonly number[];
  readonly dark: number;
}
/** Size, first pixel and share of dark pixels of a picture, found in the page. */
const lookAt = (page: Page, png: Buffer): Promise<Seen> =>
  page.evaluate(`(async () => {
    const picture = new Image();
    picture.src = "data:image/png;base64,${png.toString("base64")}";
    await picture.decode();
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width: picture.width, height: picture.height });
    const context = canvas.getContext("2d");
    context.drawImage(picture, 0, 0);
    const { data } = context.getImageData(0, 0, picture.width, picture.height);
    let dark = 0;
    for (let i = 0; i < data.length; i += 4) if (data[i] < 90) dark++;
    return { width: picture.width, corner: [...data.slice(0, 4)], dark: (dark * 4) / data.length };
  })()`);

/** Machines differ: what is awaited may take this long, what is promised has its own limit. */
const soon = { timeout: 8_000 };

describe.skipIf(noChromium)(`trend page${noChromium ? ` (skipped: ${noChromium})` : ""}`, () => {
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

  test("draws history, and goes on with live values", async () => {
    await using page = await openPage(browser);
    await signIn(page, fixture, `${trend}&live=5m`);
    await expect.poll(() => fixture.historyAsked.length, soon).toBe(2);
    await expect.poll(() => inkOf(page).then(([left, right]) => Math.min(left, right)), soon).toBeGreaterThan(0.001);
    const newest = page.locator(".readout .at").first();
    const before = await newest.textContent();
    await expect.poll(() => newest.textContent(), { timeout: 5_000 }).not.toBe(before);
    expect(fixture.historyAsked.length).toBe(2);
  });

  test("names a gap, reads nothing in it, and the table says so too", async () => {
    fixture.faults.hole = { fromAgoMs: 20 * 60_000, toAgoMs: 10 * 60_000 };
    await using page = await openPage(browser, { viewport: { width: 1_200, height: 900 } });
    await signIn(page, fixture, `${trend}&live=30m`);
    await expect.poll(() => inkOf(page).then(([left]) => left), soon).toBeGreaterThan(0.001);
    const box = await page.locator(".u-over").first().boundingBox();
    await page.mouse.move((box?.x ?? 0) + (box?.width ?? 0) / 2, (box?.y ?? 0) + 50);
    await expect.poll(() => page.locator(".readout .at").first().textContent(), soon).toBe("无数据 · 网关失联");
    expect(await page.locator(".readout .at").nth(1).textContent()).toBe("无数据 · 网关失联");
    await page.getByRole("button", { name: "表格" }).click();
    expect(await page.locator("tbody td.hatched", { hasText: "无数据" }).count()).toBeGreaterThan(8);
  });

  test("alarms and runs of the shown equipment stand above the charts, and can be taken away", async () => {
    fixture.faults.runs = [fixtureRun("R000001", 200, 40), fixtureRun("R000002", 25, null)];
    const tag = tagOf("fine-chemical/reactor/temperature");
    fixture.raise(fixtureAlarm({ alarm: "demo/fine-chemical/hot", tag, priority: "critical" }, Date.now()));
    const elsewhere = { alarm: "demo/fine-chemical/empty", tag: tagOf("fine-chemical/feed/tank-level") };
    fixture.raise(fixtureAlarm({ ...elsewhere, priority: "critical" }, Date.now()));
    await using page = await openPage(browser);
    await signIn(page, fixture, `${trend}&live=30m`);
    const marks = page.getByRole("group", { name: "报警与批次" });
    await expect.poll(() => marks.getByRole("link").allTextContents(), soon).toEqual(["B-002"]);
    await marks.getByRole("button", { name: /釜内温度高, 1 条报警记录/ }).press("Enter");
    await page.getByRole("dialog").getByText("釜内温度高").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "事件" }).click();
    await page.waitForURL(/marks=0/);
    await marks.waitFor({ state: "detached" });
  });

  test("two cursors tell the figures between them: by click, by drag, by key, by link", async () => {
    await using page = await openPage(browser);
    await signIn(page, fixture, `${trend}&live=30m`);
    const places = (): [number, number] => {
      const query = new URL(page.url()).searchParams;
      return [Date.parse(query.get("a") ?? ""), Date.parse(query.get("b") ?? "")];
    };
    await page.getByRole("button", { name: "游标统计" }).click();
    await page.waitForURL(/a=.*b=/);
    const [a, b] = places();
    expect((b - a) / 60_000).toBeCloseTo(15, 0);
    const panel = page.getByRole("region", { name: "游标间统计" }).first();
    await panel.getByRole("cell", { name: "82.35" }).first().waitFor();
    const cells = await panel.getByRole("row").nth(1).getByRole("cell").allTextContents();
    expect(cells.map((cell) => cell.trim())).toEqual([
      "80.0",
      "91.5",
      "+11.5",
      "71.3",
      "93.5",
      "82.35",
      "5.43",
      "90.0 %",
    ]);
    const box = await page.locator(".u-over").first().boundingBox();
    const at = (share: number): number => (box?.x ?? 0) + (box?.width ?? 0) * share;
    await page.mouse.click(at(0.4), (box?.y ?? 0) + 60);
    await expect.poll(() => places()[0] - a, soon).toBeGreaterThan(3 * 60_000);
    const [clicked, still] = places();
    expect(still).toBe(b);
    await page.mouse.move(at(0.4), (box?.y ?? 0) + 60);
    await page.mouse.down();
    await page.mouse.move(at(0.2), (box?.y ?? 0) + 60, { steps: 3 });
    await page.mouse.up();
    await expect.poll(() => clicked - places()[0], soon).toBeGreaterThan(4 * 60_000);
    expect(new URL(page.url()).searchParams.get("live")).toBe("30m");
    await page.locator(".charts").focus();
    await page.keyboard.press("Home");
    await page.keyboard.press("a");
    await expect.poll(() => b - places()[0], soon).toBeGreaterThan(21 * 60_000);
    await page.keyboard.press("Escape");
    await panel.waitFor({ state: "detached" });
    expect(page.url()).not.toMatch(/[?&][ab]=/);
  });

  test("earlier runs are laid over a run at its start, as lines or as an envelope", async () => {
    fixture.faults.runs = [
      fixtureRun("R000001", 170, 50),
      fixtureRun("R000002", 110, 45),
      fixtureRun("R000003", 25, null),
    ];
    await using page = await openPage(browser);
    await signIn(page, fixture, `${trend}&live=30m`);
    await page.getByRole("button", { name: "对比批次…" }).click();
    const picker = page.getByRole("dialog", { name: "对比批次…" });
    await picker.getByLabel("以此批次的开始为零点").selectOption("R000003");
    await picker.getByRole("button", { name: "叠加同配方最近 2 批" }).click();
    await page.waitForURL(/run=R000003.*with=R000002,R000001/);
    await page.keyboard.press("Escape");
    await page.getByText("淡线：B-002, B-001").waitFor();
    await page.waitForURL(/from=/);
    const span = (): number => {
      const query = new URL(page.url()).searchParams;
      return (Date.parse(query.get("to") ?? "") - Date.parse(query.get("from") ?? "")) / 60_000;
    };
    await expect.poll(span, soon).toBeCloseTo(51, 0);
    await page
      .getByText(/^较早 2 批 \d/)
      .first()
      .waitFor();
    // Of each earlier run only its own time is asked for.
    const from = fixture.faults.runs.map((run) => String(run.from));
    const askedOfEarlier = (): number =>
      fixture.historyAsked.filter((query) => from.slice(0, 2).includes(new URLSearchParams(query).get("from") ?? ""))
        .length;
    await expect.poll(askedOfEarlier, soon).toBe(4);
    await page.getByRole("button", { name: "包络" }).click();
    await page.waitForURL(/as=band/);
    await page.getByText("2 个批次的最小–最大包络").waitFor();
    await page.getByRole("button", { name: "结束对比" }).click();
    await page.getByText("淡线").waitFor({ state: "detached" });
    expect(page.url()).not.toMatch(/run=|with=/);
  });

  test("a view is kept, opened by its address alone, renamed and removed", async () => {
    await using page = await openPage(browser);
    await signIn(page, fixture, `${trend}&live=5m&layout=shared`);
    await page.getByRole("button", { name: "视图…" }).click();
    const menu = page.getByRole("dialog", { name: "视图…" });
    await menu.getByRole("link", { name: /夜班巡视 ann/ }).waitFor();
    expect(await menu.getByRole("button", { name: "删除视图 夜班巡视" }).count()).toBe(0);
    await menu.getByPlaceholder("视图名称").fill("升温段");
    await page.keyboard.press("Enter");
    await menu.getByRole("link", { name: "升温段" }).waitFor();
    await page.goto(`${fixture.url}/lines/fine-chemical/trend?view=2`);
    await page.waitForURL(/live=5m/);
    const query = new URL(page.url()).searchParams;
    expect([query.get("tags"), query.get("layout"), query.get("view")]).toEqual([tags.join(), "shared", "2"]);
    await expect.poll(() => page.locator(".readout").count(), soon).toBe(2);
    await page.getByRole("button", { name: "视图…" }).click();
    await menu.getByRole("button", { name: "改名" }).click();
    await menu.getByLabel("视图名称").first().fill("升温");
    await page.keyboard.press("Enter");
    await menu.getByRole("link", { name: "升温", exact: true }).waitFor();
    await menu.getByRole("button", { name: "删除视图 升温" }).click();
    await menu.getByRole("button", { name: "确认删除" }).click();
    await menu.getByRole("link", { name: "升温" }).waitFor({ state: "detached" });
    await page.goto(`${fixture.url}/lines/fine-chemical/trend?view=2`);
    await page.getByText("该视图不存在").waitFor();
  });

  test.each([
    { colorScheme: "light", locale: "zh-CN", compare: "对比批次…", views: "视图…" },
    { colorScheme: "dark", locale: "en", compare: "Compare runs…", views: "Views…" },
  ] as const)(
    "axe finds nothing in the tools, $colorScheme, $locale",
    { timeout: 120_000 },
    async ({ compare, views, ...how }) => {
      fixture.faults.runs = [
        fixtureRun("R000001", 170, 50),
        fixtureRun("R000002", 110, 45),
        fixtureRun("R000003", 25, null),
      ];
      const tag = tagOf("fine-chemical/reactor/temperature");
      fixture.raise(fixtureAlarm({ alarm: "demo/fine-chemical/hot", tag, priority: "high" }, Date.now()));
      await using page = await openPage(browser, how);
      const [a, b] = [Date.now() - 20 * 60_000, Date.now() - 60_000];
      await signIn(page, fixture, `${trend}&live=30m&a=${a}&b=${b}&run=R000003&with=R000002,R000001&as=band`);
      await page.locator(".statistics td").first().waitFor();
      const check = async (where: string): Promise<void> => {
        const { violations } = await new AxeBuilder({ page })
          .withTags(["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"])
          .analyze();
        expect(
          violations.map(({ id, nodes }) => `${where}: ${id}: ${nodes.map(({ html }) => html).join("\n")}`),
        ).toEqual([]);
      };
      await check("statistics and envelope");
      for (const name of [compare, views]) {
        await page.getByRole("button", { name }).click();
        await page.getByRole("dialog").locator("input, select").first().waitFor();
        await check(name);
        await page.keyboard.press("Escape");
      }
      await page.locator(".spot").last().click();
      await page.getByRole("dialog").locator("li").first().waitFor();
      await check("alarm mark");
    },
  );

  test("files: a picture on white paper in either theme, and the points with the gaps", async () => {
    fixture.faults.hole = { fromAgoMs: 20 * 60_000, toAgoMs: 10 * 60_000 };
    await using page = await openPage(browser, { colorScheme: "dark" });
    await signIn(page, fixture, `${trend}&live=30m`);
    await expect.poll(() => inkOf(page).then(([left]) => left), soon).toBeGreaterThan(0.001);
    const fileBy = async (name: string): Promise<Buffer> => {
      const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name }).click()]);
      return readFile(await download.path());
    };
    const png = await fileBy("导出 PNG");
    const seen = await lookAt(page, png);
    expect(seen.corner).toEqual([255, 255, 255, 255]);
    expect(seen.width).toBeGreaterThan(1_000);
    // Dark lines and words, on paper that is light all over.
    expect(seen.dark).toBeGreaterThan(0.003);
    expect(seen.dark).toBeLessThan(0.1);
    expect(await page.evaluate("document.documentElement.dataset.theme")).toBe("dark");
    const rows = (await fileBy("导出 CSV")).toString("utf8").split("\r\n");
    expect(rows.filter((row) => row.startsWith("# no data")).map((row) => row.split(",").at(-1))).toEqual([
      "gateway_lost",
      "gateway_lost",
    ]);
    expect(rows.find((row) => row.startsWith("# created by"))).toBe("# created by,safety");
    expect(rows.filter((row) => row.includes(",good,")).length).toBeGreaterThan(200);
  });

  test("a drag zooms, Back undoes it; panning pauses and the button follows again; the link tells all", async () => {
    await using page = await openPage(browser);
    await signIn(page, fixture, `${trend}&live=30m`);
    const box = await page.locator(".u-over").first().boundingBox();
    const at = (share: number): number => (box?.x ?? 0) + (box?.width ?? 0) * share;
    await page.mouse.move(at(0.2), (box?.y ?? 0) + 40);
    await page.mouse.down();
    await page.mouse.move(at(0.5), (box?.y ?? 0) + 40, { steps: 4 });
    await page.mouse.up();
    await page.waitForURL(/from=.*to=/);
    const query = new URL(page.url()).searchParams;
    const span = Date.parse(query.get("to") ?? "") - Date.parse(query.get("from") ?? "");
    expect(span / 60_000).toBeCloseTo(9, 0);
    await page.getByRole("button", { name: "已暂停" }).waitFor();
    await page.goBack();
    await page.getByRole("button", { name: "实时", exact: true }).waitFor();
    await page.getByRole("button", { name: "向前平移" }).click();
    await page.getByRole("button", { name: "已暂停" }).click();
    await page.waitForURL(/live=30m/);
  });

  test("works by keyboard alone: cursor, zoom, pause, table", async () => {
    await using page = await openPage(browser);
    await signIn(page, fixture, `${trend}&live=5m`);
    await expect.poll(() => inkOf(page).then(([left]) => left), soon).toBeGreaterThan(0.001);
    await page.locator(".charts").focus();
    // What is read out is what the key found: history that has not arrived yet is found by a later press.
    const readAfterKey = async () => {
      await page.keyboard.press("Shift+ArrowLeft");
      return page.locator("p[aria-live=polite]").textContent();
    };
    await expect.poll(readAfterKey, soon).toMatch(/^\d\d:\d\d:\d\d: 釜内温度 \d/);
    await page.keyboard.press("+");
    await page.waitForURL(/live=150s/);
    await page.keyboard.press("l");
    await page.getByRole("button", { name: "已暂停" }).waitFor();
    await page.keyboard.press("t");
    await page.locator("tbody th[scope=row]").first().waitFor();
  });

  test("tags are chosen and removed, at most eight; a lost store is told while live values go on", async () => {
    await using page = await openPage(browser);
    const seven = fixtureTags.slice(0, 7).map(({ tag }) => tag);
    await signIn(page, fixture, "/lines/fine-chemical/trend");
    await page.getByText("请选择要显示的位号").waitFor();
    await page.goto(`${fixture.url}/lines/fine-chemical/trend?tags=${seven.join()}`);
    await page.getByRole("button", { name: "选择位号" }).click();
    const boxes = page.getByRole("dialog").getByRole("checkbox");
    await boxes.nth(7).check();
    await expect.poll(() => boxes.nth(8).isDisabled(), soon).toBe(true);
    await page.keyboard.press("Escape");
    expect(await page.locator(".readout").count()).toBe(8);
    await page.getByRole("button", { name: "移除进料流量" }).click();
    await expect.poll(() => page.locator(".readout").count(), soon).toBe(7);
    fixture.faults.historyStatus = 503;
    await page.getByRole("button", { name: "1 小时" }).click();
    await page.getByText("历史数据读取失败").waitFor();
    // The page tries again by itself too: the button must be pressed while there is one.
    const asked = fixture.historyAsked.length;
    await page.getByRole("button", { name: "重试" }).click();
    await expect.poll(() => fixture.historyAsked.length, soon).toBeGreaterThan(asked);
    fixture.faults.historyStatus = 200;
    await page.getByText("历史数据读取失败").waitFor({ state: "detached" });
  });

  test("reads history again after a lost connection, so that no hole stays", async () => {
    await using page = await openPage(browser);
    await signIn(page, fixture, `${trend}&live=5m`);
    await expect.poll(() => fixture.historyAsked.length, soon).toBe(2);
    fixture.dropSockets();
    await expect.poll(() => fixture.historyAsked.length, { timeout: 10_000 }).toBe(4);
  });
});
