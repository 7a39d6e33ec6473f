import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { AxeBuilder } from "@axe-core/playwright";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Sample, tagId } from "#shared/model/sample.ts";
import { instant } from "#shared/model/time.ts";
import { buildPages } from "../../dashboard/build.ts";
import { roles } from "../../dashboard/server/roles.ts";
import { temp } from "../dashboard/plant.ts";
import { launchChromium, noChromium } from "./chromium.ts";
import { pagesOf } from "./pageList.ts";
import { openPage, settled } from "./pages.ts";
import { type RecordServer, startRecordServer } from "./recordServer.ts";

const pages = pagesOf("chem", "r1", [temp]);

const now = Date.now();
const mode = tagId({ platform: "demo", line: "chem", equipment: "r1", tag: "mode" });
const told: readonly Sample[] = Array.from({ length: 1_800 }, (_, i): readonly Sample[] => {
  const at = instant(now - (1_800 - i) * 1_000);
  return [
    { tag: temp, at, value: 60 + (i % 7), quality: "good" },
    { tag: mode, at, value: i < 900 ? 0 : 1, quality: "good" },
  ];
}).flat();

describe.skipIf(noChromium)(`every page${noChromium ? ` (skipped: ${noChromium})` : ""}`, () => {
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

  test("is in this list", async () => {
    const file = fileURLToPath(new URL("../../dashboard/web/routes.ts", import.meta.url));
    const named = [...(await readFile(file, "utf8")).matchAll(/\bname: "(\w+)"/g)].map(([, name]) => name);
    const known = [...Object.keys(pages), "login"];
    expect([...new Set(named)].filter((name) => !known.includes(String(name)))).toEqual([]);
  });

  test.each(roles)(
    "opens for a user of role %s, or says that it may not; no error, no sideways scrolling on a phone",
    { timeout: 120_000 },
    async (role) => {
      await using page = await openPage(browser);
      page.setDefaultTimeout(10_000);
      const wrong: string[] = [];
      page.on("pageerror", (error) => wrong.push(`${page.url()}: ${error.message}`));
      page.on("console", (message) => {
        // A refused request is an answer, and told on the page.
        if (message.type() === "error" && !/status of 40[34]/.test(message.text()))
          wrong.push(`${page.url()}: ${message.text()}`);
      });
      await records.signIn(page, role);
      for (const [name, listed] of Object.entries(pages)) {
        await page.setViewportSize({ width: 1_280, height: 800 });
        await page.goto(records.url + listed.path);
        await settled(page).catch((error) => {
          throw new Error(`${name}: ${wrong.join("; ")}`, { cause: error });
        });
        const forbidden = await page.getByText("您没有查看此页的权限。").count();
        expect(`${name} ${forbidden}`).toBe(`${name} ${listed.for.includes(role) ? 0 : 1}`);
        const alerts = await page.locator("main [role=alert]").allInnerTexts();
        expect(alerts.filter((text) => text.trim() !== "").map((text) => `${name}: ${text}`)).toEqual([]);
        await page.setViewportSize({ width: 390, height: 780 });
        // What measures itself follows within a frame or two.
        await expect
          .poll(async () => `${name} ${await page.evaluate("document.documentElement.scrollWidth")}`)
          .toBe(`${name} 390`);
      }
      expect(wrong).toEqual([]);
    },
  );

  test.each([
    { locale: "zh-CN", colorScheme: "light" },
    { locale: "en", colorScheme: "dark" },
  ] as const)(
    "stands up to axe, and speaks one language: $locale, $colorScheme",
    { timeout: 120_000 },
    async (look) => {
      await using page = await openPage(browser, look);
      page.setDefaultTimeout(10_000);
      await records.signIn(page, "admin");
      for (const [name, { path }] of Object.entries(pages)) {
        await page.goto(records.url + path);
        await settled(page);
        const { violations } = await new AxeBuilder({ page })
          .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"])
          .analyze();
        expect(
          violations.map(({ id, nodes }) => `${name}: ${id}: ${nodes.map(({ html }) => html).join("\n")}`),
        ).toEqual([]);
        expect(`${name} ${await page.locator("html").getAttribute("lang")}`).toBe(`${name} ${look.locale}`);
      }
    },
  );
});
