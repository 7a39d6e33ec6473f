import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { type Fixture, fixtureUser } from "./fixtureServer.ts";

/** A page of a browser far from the plant: its own zone must not matter. */
export async function openPage(browser: Browser, options: BrowserContextOptions = {}): Promise<Page & AsyncDisposable> {
  const context = await browser.newContext({ locale: "zh-CN", timezoneId: "America/New_York", ...options });
  const page = await context.newPage();
  return Object.assign(page, { [Symbol.asyncDispose]: () => context.close() });
}

export async function signIn(page: Page, { url }: Pick<Fixture, "url">, path = "/"): Promise<void> {
  await page.goto(url + path);
  await page.locator("#user").fill(fixtureUser.user);
  await page.locator("#password").fill(fixtureUser.password);
  await page.keyboard.press("Enter");
  await page.locator(".link-mark[data-state=live]").waitFor();
}

/** The page stands, and says no longer that it loads. */
export async function settled(page: Page): Promise<void> {
  await page.locator("main h1, main h2").first().waitFor();
  await page.locator("main .skeleton").waitFor({ state: "detached" });
}
