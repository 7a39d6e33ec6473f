// One value, from an instrument over real OPC UA, Sparkplug, store and socket to the page in a browser.
import type { Page as BrowserPage } from "playwright-core";
import { describe, expect, test } from "vitest";
import { systemClock } from "#shared/kit/clock.ts";
import { silentLog } from "#shared/kit/log.ts";
import { tagId } from "#shared/model/sample.ts";
import { instant } from "#shared/model/time.ts";
import { openEmbeddedReader } from "#shared/store/embedded/open.ts";
import { bad, good, type Reading, uncertain } from "../../simulators/signal.ts";
import { launchChromium, noChromium } from "../browser/chromium.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { plantOf, signal, startInstrument } from "../fakes/instrument.ts";
import { type Chain, killAndWait, startChain } from "./chain.ts";

const current = signal("current");
const tag = tagId({ platform: "test", line: "bench", equipment: "pump", tag: "current" });
const alarms =
  "[{ id: current-high, name: { zh: 电流高, en: Current high }, tag: pump/current, kind: high, limit: 30, deadband: 1, priority: high }]";

async function openLine(page: BrowserPage, { login }: Chain): Promise<void> {
  await page.goto(`${login.url}/lines/bench`);
  await page.locator("#user").fill(login.user);
  await page.locator("#password").fill(login.password);
  await page.keyboard.press("Enter");
  await page.locator(".link-mark[data-state=live]").waitFor();
}

describe.skipIf(noChromium)(`whole chain ${noChromium || ""}`, () => {
  test("a value, its time and its quality are the same at the instrument, in the store and on the page", async () => {
    await using folder = await temporaryFolder();
    await using instrument = await startInstrument(folder.path, [current]);
    const start = systemClock.now();
    instrument.show([good(12.25)], start);
    await using chain = await startChain({
      folder: folder.path,
      plantYaml: plantOf(instrument.port, [current], alarms),
    });
    await using reader = await openEmbeddedReader({ file: chain.historyFile, clock: systemClock, log: silentLog });
    const browser = await launchChromium();
    try {
      const page = await browser.newPage({ locale: "zh-CN" });
      await openLine(page, chain);
      const shown = page.locator(".key-value .value").first();
      await expect.poll(() => shown.textContent()).toMatch(/12\.25\s*A/);

      const steps: readonly [Reading, RegExp, string][] = [
        [good(23.5), /23\.50/, "good"],
        [uncertain(24.5), /24\.50/, "uncertain"],
        [bad, /24\.50/, "bad"],
      ];
      for (const [reading, text, quality] of steps) {
        const at = systemClock.now();
        instrument.show([reading], at);
        await expect.poll(() => shown.textContent()).toMatch(text);
        await expect.poll(() => shown.getAttribute("class")).toContain(quality);
        // Live values do not wait for the store.
        const stored = async () => (await reader.last([tag], instant(4e12))).get(tag);
        await expect.poll(stored).toMatchObject({ at, value: reading.value, quality });
      }
      const { samples } = await reader.range(tag, start, instant(4e12), 100);
      expect(samples.map(({ quality }) => quality)).toEqual(["good", "good", "uncertain", "bad"]);

      // The alarm: raised at the instrument's time, on the page, acknowledged there, in the journal.
      const raisedAt = systemClock.now();
      instrument.show([good(31)], raisedAt);
      const row = page.getByRole("row", { name: /电流高/ });
      await row.waitFor();
      await row.getByRole("button", { name: "确认" }).click();
      const dialog = page.getByRole("dialog");
      await dialog.getByRole("textbox").fill("已检查");
      await dialog.getByRole("button", { name: "确认" }).click();
      await row.getByText("admin").waitFor();
      instrument.show([good(12)], systemClock.now());
      await row.waitFor({ state: "detached" });
      const journal = (await page.evaluate("fetch('/api/alarms/journal').then((r) => r.json())")) as {
        events: { transition: string; at: number; user: string | null; comment: string | null }[];
      };
      const events = journal.events.toSorted((a, b) => a.at - b.at);
      expect(events.map(({ transition }) => transition)).toEqual(["raised", "acknowledged", "cleared"]);
      expect(events[0]).toMatchObject({ at: raisedAt });
      expect(events[1]).toMatchObject({ user: "admin", comment: "已检查" });
    } finally {
      await browser.close();
    }
  }, 120_000);

  test("the server is killed under an open page: the page says so, and goes on by itself, same document and session", async () => {
    await using folder = await temporaryFolder();
    await using instrument = await startInstrument(folder.path, [current]);
    instrument.show([good(12.25)], systemClock.now());
    await using chain = await startChain({
      folder: folder.path,
      plantYaml: plantOf(instrument.port, [current], alarms),
    });
    const browser = await launchChromium();
    try {
      const page = await browser.newPage({ locale: "zh-CN" });
      await openLine(page, chain);
      const shown = page.locator(".key-value .value").first();
      await expect.poll(() => shown.textContent()).toMatch(/12\.25/);
      await page.evaluate("globalThis.sameDocument = true");
      const back = killAndWait(chain.dashboard);
      await page.locator(".link-bar[data-kind=lost]").waitFor();
      instrument.show([good(31)], systemClock.now());
      await back;
      await page.locator(".link-bar").waitFor({ state: "detached" });
      // What changed meanwhile is there: the value, and the alarm that nobody saw being raised.
      await expect.poll(() => shown.textContent(), { timeout: 10_000 }).toMatch(/31\.00/);
      await page.getByRole("row", { name: /电流高/ }).waitFor();
      expect(await page.evaluate("globalThis.sameDocument")).toBe(true);
    } finally {
      await browser.close();
    }
  }, 120_000);
});
