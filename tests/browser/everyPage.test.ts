import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Sample, tagId } from "#shared/model/sample.ts";
import { instant } from "#shared/model/time.ts";
import { buildPages } from "../../dashboard/build.ts";
import { type Role, roles } from "../../dashboard/server/roles.ts";
import { temp } from "../dashboard/plant.ts";
import { launchChromium, noChromium } from "./chromium.ts";
import { openPage } from "./pages.ts";
import { type RecordServer, startRecordServer } from "./recordServer.ts";

/** Each page by its route's name, and who may open it; everybody where nothing is said. */
const pages: Readonly<Record<string, { readonly path: string; readonly only?: readonly Role[] }>> = {
  overview: { path: "/" },
  line: { path: "/lines/chem" },
  trend: { path: `/lines/chem/trend?tags=${temp}&live=30m` },
  equipment: { path: "/lines/chem/equipment/r1" },
  alarms: { path: "/alarms" },
  journal: { path: "/alarms/journal" },
  alarmPerformance: { path: "/alarms/performance" },
  system: { path: "/system" },
  green: { path: "/green" },
  utilisation: { path: "/utilisation" },
  assessment: { path: "/assessment" },
  runs: { path: "/runs" },
  usage: { path: "/usage" },
  tenants: { path: "/tenants" },
  declared: { path: "/declared" },
  states: { path: "/states" },
  setup: { path: "/setup", only: ["admin"] },
  users: { path: "/users", only: ["admin"] },
  missing: { path: "/nowhere" },
};

const now = Date.now();
const mode = tagId({ platform: "demo", line: "chem", equipment: "r1", tag: "mode" });
const told: readonly Sample[] = Array.from({ length: 1_800 }, (_, i): readonly Sample[] => {
  const at = instant(now - (1_800 - i) * 1_000);
  return [
    { tag: temp, at, value: 60 + (i % 7), quality: "good" },
    { tag: mode, at, value: i < 900 ? 0 : 1, quality: "good" },
  ];
}).flat();

/** The page stands, and says no longer that it loads. */
async function settled(page: Page): Promise<void> {
  await page.locator("main h1, main h2").first().waitFor();
  await page.locator("main .skeleton").waitFor({ state: "detached" });
}

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
      for (const [name, { path, only = roles }] of Object.entries(pages)) {
        await page.setViewportSize({ width: 1_280, height: 800 });
        await page.goto(records.url + path);
        await settled(page).catch((error) => {
          throw new Error(`${name}: ${wrong.join("; ")}`, { cause: error });
        });
        const forbidden = await page.getByText("您没有查看此页的权限。").count();
        expect(`${name} ${forbidden}`).toBe(`${name} ${only.includes(role) ? 0 : 1}`);
        const alerts = await page.locator("main [role=alert]").allInnerTexts();
        expect(alerts.filter((text) => text.trim() !== "").map((text) => `${name}: ${text}`)).toEqual([]);
        await page.setViewportSize({ width: 390, height: 780 });
        expect(`${name} ${await page.evaluate("document.documentElement.scrollWidth")}`).toBe(`${name} 390`);
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
