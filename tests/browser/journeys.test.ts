import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Sample } from "#shared/model/sample.ts";
import { instant } from "#shared/model/time.ts";
import { buildPages } from "../../dashboard/build.ts";
import { temp } from "../dashboard/plant.ts";
import { launchChromium, noChromium } from "./chromium.ts";
import { openPage } from "./pages.ts";
import { type RecordServer, startRecordServer } from "./recordServer.ts";

/** A temperature each second for 30 hours, calm but for two seconds of one minute yesterday. */
const now = Math.floor(Date.now() / 1_000) * 1_000;
const spikeAt = now - 26 * 3_600_000;
const told: readonly Sample[] = Array.from({ length: 30 * 3_600 }, (_, i) => {
  const at = instant(now - (30 * 3_600 - i) * 1_000);
  const value = at === spikeAt || at === spikeAt + 1_000 ? 96.5 : 60 + Math.round(10 * Math.sin(i / 900)) / 10;
  return { tag: temp, at, value, quality: "good" };
});

describe.skipIf(noChromium)(`journeys${noChromium ? ` (skipped: ${noChromium})` : ""}`, () => {
  let browser: Browser;
  let records: RecordServer;
  beforeAll(async () => {
    await buildPages(() => {});
    browser = await launchChromium();
    records = await startRecordServer();
    for (let i = 0; i < told.length; i += 20_000)
      await records.server.samples.write(
        [{ name: { queueId: "q", number: 1 + i / 20_000 }, samples: told.slice(i, i + 20_000) }],
        () => {},
      );
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await records?.[Symbol.asyncDispose]();
  });

  test("an engineer finds yesterday's spike of two seconds in a week, and zooms to its seconds", {
    timeout: 60_000,
  }, async () => {
    await using page = await openPage(browser, { viewport: { width: 1_280, height: 900 } });
    page.setDefaultTimeout(10_000);
    await records.signIn(page, "engineer");
    await page.goto(records.url);
    await page.getByRole("link", { name: "化工线" }).first().click();
    await page.getByRole("heading", { level: 1, name: "化工线" }).waitFor();
    await page.goto(`${page.url()}/trend?tags=${temp}`);
    await page.getByRole("button", { name: "7 天", exact: true }).click();
    // A pixel is minutes wide, and yet nothing is lost of what stood for two seconds.
    const readout = page.locator(".readout").first();
    await expect.poll(() => readout.innerText()).toMatch(/96\.5/);
    // Where it stands a drag zooms, until single samples are drawn.
    let [from, to] = [Date.now() - 7 * 86_400_000, Date.now()];
    while (to - from > 600_000) {
      const box = await page.locator(".u-over").first().boundingBox();
      if (!box) throw new Error("no chart");
      const at = (time: number) => box.x + Math.min(1, Math.max(0, (time - from) / (to - from))) * box.width;
      const before = page.url();
      await page.mouse.move(at(spikeAt) - 25, box.y + 40);
      await page.mouse.down();
      await page.mouse.move(at(spikeAt) + 25, box.y + 40, { steps: 4 });
      await page.mouse.up();
      await expect.poll(() => page.url()).not.toBe(before);
      const shown = new URL(page.url()).searchParams;
      [from, to] = ["from", "to"].map((edge) => Date.parse(shown.get(edge) ?? "")) as [number, number];
      expect(from).toBeLessThan(spikeAt);
      expect(to).toBeGreaterThan(spikeAt);
    }
    await expect.poll(() => readout.innerText()).toMatch(/96\.5/);
    await page.getByRole("button", { name: "表格" }).click();
    const row = page.locator("tbody tr", { hasText: "96.5" });
    await expect.poll(() => row.count()).toBe(1);
    expect(await readout.innerText()).toContain("原始采样");
    expect(Math.abs(spikeAt - Date.parse(`${(await row.innerText()).split("\t")[0]}+08:00`))).toBeLessThan(2_000);
  });
});
