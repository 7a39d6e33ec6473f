import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildPages } from "../../dashboard/build.ts";
import { launchChromium, noChromium } from "./chromium.ts";
import { type Fixture, startFixture } from "./fixtureServer.ts";
import { openPage, signIn } from "./pages.ts";

describe.skipIf(noChromium)(`the system page${noChromium ? ` (skipped: ${noChromium})` : ""}`, () => {
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

  test("an engineer finds the lost device, the silent gateway, a gap and a refused message", {
    timeout: 60_000,
  }, async () => {
    fixture.faults.session = { role: "engineer", initialPassword: false };
    await using page = await openPage(browser, { locale: "en" });
    await signIn(page, fixture);
    await page.getByRole("button", { name: "More" }).click();
    await page.getByRole("menuitem", { name: "System" }).click();
    const silent = page.locator(".parts li", { hasText: "Gateway edge-2" });
    await silent.getByText("Silent").waitFor();
    expect(await page.locator(".parts li h2").allInnerTexts()).toEqual([
      expect.stringContaining("Host (ingest)"),
      expect.stringContaining("Gateway edge-1"),
      expect.stringContaining("Gateway edge-2"),
    ]);
    const first = page.locator("tbody tr").first();
    expect(await first.innerText()).toMatch(/meter-1.*Lost.*refuses connections/s);

    await page.getByRole("link", { name: "Gaps" }).click();
    await page.getByText("lasting").waitFor();
    await page.getByLabel("Cause").selectOption("outbox_full");
    await page.getByText("The newest 1 of 1").waitFor();
    expect(await page.locator("tbody tr").innerText()).toContain("120");
    await page.goBack();
    await page.locator(".parts").waitFor();

    await page.goto(`${fixture.url}/system?section=letters`);
    await page.getByText("cut off at byte 311").waitFor();
    await page.goto(`${fixture.url}/system?section=model`);
    await page.getByLabel("Find").fill("fine");
    expect(await page.locator("ol li").allInnerTexts()).toEqual([expect.stringMatching(/4\s+- id: fine-chemical/)]);
  });

  test("raw messages and addresses are not for everybody", { timeout: 60_000 }, async () => {
    fixture.faults.session = { role: "safety", initialPassword: false };
    await using page = await openPage(browser, { locale: "zh-CN", viewport: { width: 390, height: 844 } });
    await signIn(page, fixture, "/system?section=letters");
    await page.getByText("您没有查看此页的权限。").first().waitFor();
    await page.goto(`${fixture.url}/system`);
    await page.locator(".parts").waitFor();
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(390);
  });
});
