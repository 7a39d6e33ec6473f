import { gzipSync } from "node:zlib";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildPages } from "../../dashboard/build.ts";
import { launchChromium, noChromium } from "./chromium.ts";
import { fixtureAlarm, tagOf } from "./fixturePlant.ts";
import { type Fixture, startFixture } from "./fixtureServer.ts";
import { openPage, signIn } from "./pages.ts";

/** Share of pixels with an HSV saturation above 0.5 in a PNG, counted by a page with a canvas. */
async function saturatedShare(browser: Browser, png: Buffer): Promise<number> {
  await using page = await openPage(browser);
  return await page.evaluate(`(async () => {
    const image = new Image();
    image.src = "data:image/png;base64,${png.toString("base64")}";
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height);
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, image.width, image.height);
    let saturated = 0;
    for (let i = 0; i < data.length; i += 4) {
      const [max, min] = [Math.max(data[i], data[i + 1], data[i + 2]), Math.min(data[i], data[i + 1], data[i + 2])];
      if (max > 40 && (max - min) / max > 0.5) saturated++;
    }
    return saturated / (data.length / 4);
  })()`);
}

describe.skipIf(noChromium)(`rules that hold for the pages${noChromium ? ` (skipped: ${noChromium})` : ""}`, () => {
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

  test("the first page loads at most 150 kB of script, compressed, and nothing from elsewhere", async () => {
    await using page = await openPage(browser);
    await signIn(page, fixture);
    const loaded: string[] = [];
    page.on("request", (request) => loaded.push(request.url().replace(/^ws/, "http")));
    await page.reload();
    await page.locator(".card .figure").first().waitFor();
    expect(loaded.filter((url) => !url.startsWith(fixture.url))).toEqual([]);
    const scripts = [...new Set(loaded.filter((url) => url.endsWith(".js")))];
    const bodies = await Promise.all(scripts.map(async (url) => (await page.request.get(url)).body()));
    const bytes = bodies.reduce((sum, body) => sum + gzipSync(body).length, 0);
    expect(scripts.length).toBeGreaterThan(2);
    expect(bytes).toBeLessThanOrEqual(150_000);
  });

  test.each(["light", "dark"] as const)(
    "a plant in order is grey, an alarm is not (ISA-101), %s",
    async (colorScheme) => {
      await using page = await openPage(browser, { colorScheme });
      await signIn(page, fixture);
      await page.locator(".chip.fault").evaluateAll("(chips) => { for (const chip of chips) chip.remove(); }");
      const calm = await saturatedShare(browser, await page.screenshot());
      expect(calm).toBeLessThan(0.001);
      fixture.raise(
        fixtureAlarm({ alarm: "demo/coating/X", tag: tagOf("coating/oven/zone-1"), priority: "critical" }, Date.now()),
      );
      await page.locator(".alarm-list tbody tr").waitFor();
      expect(await saturatedShare(browser, await page.screenshot())).toBeGreaterThan(calm);
      fixture.raise(
        fixtureAlarm({ alarm: "demo/coating/X", tag: tagOf("coating/oven/zone-1"), state: "NORM" }, Date.now()),
        "cleared",
      );
    },
  );
});
