import { AxeBuilder } from "@axe-core/playwright";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildPages } from "../../dashboard/build.ts";
import { launchChromium, noChromium } from "./chromium.ts";
import { type Fixture, startFixture } from "./fixtureServer.ts";
import { openPage, signIn } from "./pages.ts";

describe.skipIf(noChromium)(`users and audit${noChromium ? ` (skipped: ${noChromium})` : ""}`, () => {
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

  test("an administrator makes a user, changes a role, disables one, and reads it in the audit log", {
    timeout: 60_000,
  }, async () => {
    fixture.faults.session = { role: "admin", initialPassword: false };
    await using page = await openPage(browser, { locale: "en" });
    await signIn(page, fixture);
    await page.getByRole("button", { name: "More" }).click();
    await page.getByRole("menuitem", { name: "Users and audit" }).click();
    const row = (name: string) => page.locator("tbody tr", { hasText: name });
    expect(await row("safety").getByRole("button", { name: "Disable: safety" }).isDisabled()).toBe(true);
    await page.getByLabel("User name").fill("李安全");
    await page.locator("form select").selectOption("safety");
    await page.getByRole("button", { name: "Create" }).click();
    await page.getByRole("dialog").getByText("made-once-4711").waitFor();
    await page.getByRole("button", { name: "Close" }).click();
    await row("李安全").getByText("initial password").waitFor();
    await row("王工").getByLabel("Role of 王工").selectOption("viewer");
    await row("王工").getByRole("button", { name: "Disable: 王工" }).click();
    await row("王工").getByText("Disabled").waitFor();
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id }) => id)).toEqual([]);
    await page.getByRole("link", { name: "Audit log" }).click();
    await page.locator("tbody tr").first().waitFor();
    const told = await page.locator("tbody tr").allInnerTexts();
    expect(told[0]).toContain('{"disabled":true}');
    expect(told[2]).toMatch(/user\.create\s+李安全/);
    await page.goto(`${fixture.url}/users`);
    await row("王工").getByText("Disabled").waitFor();
  });

  test("nobody else sees the page's data, nor its entry in the menu", { timeout: 60_000 }, async () => {
    fixture.faults.session = { role: "engineer", initialPassword: false };
    await using page = await openPage(browser, { locale: "zh-CN" });
    await signIn(page, fixture, "/users");
    await page.getByText("您没有查看此页的权限。").waitFor();
    await page.getByRole("button", { name: "更多" }).click();
    expect(await page.getByRole("menuitem").allInnerTexts()).not.toContain("用户与审计");
  });
});
