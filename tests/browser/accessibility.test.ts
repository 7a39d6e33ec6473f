import { AxeBuilder } from "@axe-core/playwright";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildPages } from "../../dashboard/build.ts";
import { launchChromium, noChromium } from "./chromium.ts";
import { fixtureAlarm, tagOf } from "./fixturePlant.ts";
import { type Fixture, startFixture } from "./fixtureServer.ts";
import { openPage, signIn } from "./pages.ts";

const reactor = tagOf("fine-chemical/reactor/temperature");
const paths = [
  "/",
  "/lines/fine-chemical",
  "/lines/fine-chemical/equipment/reactor",
  "/lines/fine-chemical/equipment/meter",
  "/alarms",
  "/alarms/journal",
  "/alarms/performance",
  `/lines/fine-chemical/trend?tags=${reactor}`,
  "/system",
  "/system?section=gaps",
  "/system?section=letters",
];
const standards = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

describe.skipIf(noChromium)(`axe${noChromium ? ` (skipped: ${noChromium})` : ""}`, () => {
  let browser: Browser;
  let fixture: Fixture;
  beforeAll(async () => {
    await buildPages(() => {});
    browser = await launchChromium();
    fixture = await startFixture();
    const since = Date.now() - 60_000;
    fixture.raise(fixtureAlarm({ alarm: "demo/fine-chemical/A", tag: reactor, priority: "critical" }, since));
    fixture.raise(
      fixtureAlarm({ alarm: "demo/fine-chemical/B", tag: reactor, state: "ACKED", acknowledgedBy: "w" }, since),
    );
    fixture.faults.tags.set(tagOf("fine-chemical/feed/flow"), { ageMs: 90_000 });
    fixture.faults.tags.set(tagOf("fine-chemical/reactor/pressure"), { reason: "TIMEOUT" });
    fixture.faults.tags.set(tagOf("fermentation/fermenter/ph"), { never: true });
  });
  afterAll(async () => {
    await browser?.close();
    await fixture?.[Symbol.asyncDispose]();
  });

  // The other two looks are those of every page, by `everyPage.test.ts`.
  const cases = [
    { colorScheme: "light", locale: "en" },
    { colorScheme: "dark", locale: "zh-CN" },
  ] as const;
  test.each(cases)(
    "finds nothing on any page, $colorScheme, $locale",
    { timeout: 120_000 },
    async ({ colorScheme, locale }) => {
      await using page = await openPage(browser, { colorScheme, locale });
      const check = async (where: string): Promise<void> => {
        const { violations } = await new AxeBuilder({ page }).withTags(standards).analyze();
        const found = violations.map(({ id, nodes }) => `${where}: ${id}: ${nodes.map(({ html }) => html).join("\n")}`);
        expect(found).toEqual([]);
      };
      await page.goto(`${fixture.url}/login`);
      await page.locator("#user").waitFor();
      await check("/login");
      await signIn(page, fixture);
      for (const path of paths) {
        await page.goto(fixture.url + path);
        await page.locator(".link-mark[data-state=live]").waitFor();
        await check(path);
      }
      await page.goto(`${fixture.url}/alarms`);
      await page.locator("tbody .actions button").first().click();
      await page.getByRole("dialog").waitFor();
      await check("acknowledge dialog");
      await page.keyboard.press("Escape");
      await page.locator(".top-bar > button").last().click();
      await page.getByRole("menu").waitFor();
      await check("settings menu");
      await page.getByRole("menuitem").first().click();
      await page.locator("#password-current").waitFor();
      await page.keyboard.press("Enter");
      await page.getByRole("dialog").getByRole("alert").waitFor();
      await check("password dialog");
      await page.keyboard.press("Escape");
      fixture.faults.session = { role: "viewer", initialPassword: true };
      await page.reload();
      await page.locator(".who-may").waitFor();
      await check("alarms of a viewer");
      fixture.faults.session = { role: "safety", initialPassword: false };
      await page.reload();
      await page.locator(".link-mark[data-state=live]").waitFor();
      fixture.faults.upstream = false;
      await page.locator(".link-bar").waitFor();
      await check("without feed");
      fixture.faults.upstream = true;
    },
  );
});
