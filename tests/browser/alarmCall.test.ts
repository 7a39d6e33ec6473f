import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildPages } from "../../dashboard/build.ts";
import { launchChromium, noChromium } from "./chromium.ts";
import { fixtureAlarm, tagOf } from "./fixturePlant.ts";
import { type Fixture, startFixture } from "./fixtureServer.ts";
import { openPage, signIn } from "./pages.ts";

const tag = tagOf("fine-chemical/reactor/temperature");

interface Heard {
  tones: number;
  readonly notices: string[];
}
/** What the test needs of the page's globals. */
interface PageGlobals {
  heard: Heard;
  Notification: unknown;
  readonly OscillatorNode: { readonly prototype: { start(this: unknown, when?: number): void } };
}

/** Counts tones and notices where the browser would let them out. Runs in the page. */
function listen(): void {
  const page = globalThis as unknown as PageGlobals;
  const heard: Heard = { tones: 0, notices: [] };
  class Notice {
    static permission = "granted";
    constructor(title: string) {
      heard.notices.push(title);
    }
  }
  const { start } = page.OscillatorNode.prototype;
  page.OscillatorNode.prototype.start = function (when) {
    heard.tones += 1;
    start.call(this, when);
  };
  page.heard = heard;
  page.Notification = Notice;
}

describe.skipIf(noChromium)(`the bell${noChromium ? ` (skipped: ${noChromium})` : ""}`, () => {
  let browser: Browser;
  let fixture: Fixture;
  beforeAll(async () => {
    await buildPages(() => {});
    browser = await launchChromium();
    fixture = await startFixture();
    fixture.raise(fixtureAlarm({ alarm: "demo/fine-chemical/A", tag, state: "ACKED" }, Date.now()), "acknowledged");
  });
  afterAll(async () => {
    await browser?.close();
    await fixture?.[Symbol.asyncDispose]();
  });

  test("switched on by a click, it calls at the next alarm by sound and by a notice", { timeout: 60_000 }, async () => {
    await using page = await openPage(browser, { locale: "en" });
    await page.addInitScript(listen);
    await page.goto(`${fixture.url}/login`);
    await page.locator("#user").waitFor();
    await signIn(page, fixture);
    const bell = page.getByRole("button", { name: "Switch on sound and notices for new alarms" });
    await bell.click();
    await page.getByRole("button", { name: "Sound and notices for new alarms are on; switch them off" }).waitFor();
    await page.getByText("Reactor temperature high").first().waitFor();
    fixture.raise(fixtureAlarm({ alarm: "demo/fine-chemical/B", tag, priority: "critical" }, Date.now()));
    await page.waitForFunction(() => (globalThis as unknown as PageGlobals).heard.notices.length > 0);
    const heard = await page.evaluate(() => (globalThis as unknown as PageGlobals).heard);
    // One tone when it is switched on, five of a critical alarm.
    expect(heard).toEqual({ tones: 6, notices: ["Critical alarm: Reactor temperature high"] });
  });
});
