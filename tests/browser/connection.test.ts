import type { Browser } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { buildPages } from "../../dashboard/build.ts";
import { launchChromium, noChromium } from "./chromium.ts";
import { fixtureAlarm, tagOf } from "./fixturePlant.ts";
import { type Fixture, startFixture } from "./fixtureServer.ts";
import { openPage, signIn } from "./pages.ts";

const pressure = tagOf("fine-chemical/reactor/pressure");

/** Machines differ: what is awaited may take this long, what is promised has its own limit. */
const soon = { timeout: 8_000 };

describe.skipIf(noChromium)(`connection of a page${noChromium ? ` (skipped: ${noChromium})` : ""}`, () => {
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

  test("silence on an open socket is told within 3 s, old values are marked, and all comes back by itself", async () => {
    await using page = await openPage(browser);
    await signIn(page, fixture);
    const from = Date.now();
    fixture.faults.silent = true;
    await page.locator(".link-bar[data-kind=lost]").waitFor({ timeout: 3_200 });
    expect(Date.now() - from).toBeLessThan(3_500);
    expect(await page.locator(".link-bar").textContent()).toMatch(/与服务器断开 [23] 秒/);
    expect(await page.locator(".card .figure").first().locator("..").getAttribute("class")).toContain("offline");
    expect(await page.locator("body").innerText()).not.toContain("当前无报警");
    await expect.poll(() => page.locator(".link-bar").textContent(), { timeout: 4_000 }).toMatch(/断开 [456] 秒/);
    fixture.faults.silent = false;
    await page.locator(".link-bar").waitFor({ state: "detached", timeout: 8_000 });
    await expect.poll(() => page.locator(".value.offline").count(), soon).toBe(0);
  });

  test("a server that lost its own feed is told too", async () => {
    await using page = await openPage(browser);
    await signIn(page, fixture);
    fixture.faults.upstream = false;
    await page.locator(".link-bar[data-kind=upstream]").waitFor({ timeout: 3_000 });
    fixture.faults.upstream = true;
    await page.locator(".link-bar").waitFor({ state: "detached", timeout: 3_000 });
  });

  test("an alarm raised while the server was away is there after the reconnect, without a reload", async () => {
    await using page = await openPage(browser);
    await signIn(page, fixture, "/alarms");
    await page.evaluate("globalThis.sameDocument = true");
    fixture.faults.down = true;
    fixture.dropSockets();
    await page.locator(".link-bar").waitFor();
    await page.getByText("报警列表未更新").first().waitFor();
    fixture.raise(fixtureAlarm({ alarm: "demo/fine-chemical/PAH", tag: pressure }, Date.now()));
    fixture.faults.down = false;
    await page.locator("tbody tr").first().waitFor({ timeout: 12_000 });
    expect(await page.evaluate("globalThis.sameDocument")).toBe(true);
    await page.locator(".link-bar").waitFor({ state: "detached" });
  });

  test("a session that ends leads to the login, and back to the same page", async () => {
    await using page = await openPage(browser);
    await signIn(page, fixture, "/lines/coating");
    fixture.faults.sessionsOver = true;
    fixture.dropSockets();
    await page.getByText("会话已结束，请重新登录。").waitFor({ timeout: 10_000 });
    expect(page.url()).toContain("next=/lines/coating");
  });
});
