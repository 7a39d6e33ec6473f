import type { Browser } from "playwright-core";
import { systemClock } from "#shared/kit/clock.ts";
import { buildPages } from "../../dashboard/build.ts";
import { good } from "../../simulators/signal.ts";
import { launchChromium } from "../browser/chromium.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { plantOf, signal, startInstrument } from "../fakes/instrument.ts";
import { type Chain, startChain } from "../pipeline/chain.ts";
import { type Benchmark, figure, median } from "./figure.ts";

const rounds = 15;
const value = signal("value");

/** Tells when the first live number stands in the page, in ms since the document was asked for. */
const watchForNumber = `
  new MutationObserver((_, observer) => {
    const shown = [...document.querySelectorAll("main .figure")].some(({ textContent }) => /\\d/.test(textContent));
    if (!shown || !document.querySelector('.link-mark[data-state="live"]')) return;
    observer.disconnect();
    window.toldFirstValue(performance.now());
  }).observe(document, { childList: true, subtree: true, characterData: true, attributes: true });
`;

/** Loads `path` again and again in a signed-in browser; `warm` keeps what the browser has of the scripts. */
async function loads(browser: Browser, { login }: Chain, path: string, warm: boolean): Promise<readonly number[]> {
  const context = await browser.newContext();
  let told = (_ms: number): void => {};
  await context.exposeFunction("toldFirstValue", (ms: number) => told(ms));
  await context.addInitScript(watchForNumber);
  const page = await context.newPage();
  await page.goto(login.url);
  await page.locator("#user").fill(login.user);
  await page.locator("#password").fill(login.password);
  await page.keyboard.press("Enter");
  await page.locator(".link-mark[data-state=live]").waitFor();
  const took: number[] = [];
  for (let round = 0; round < rounds; round++) {
    if (!warm) {
      const session = await context.newCDPSession(page);
      await session.send("Network.clearBrowserCache");
      await session.detach();
    }
    const first = new Promise<number>((resolve) => {
      told = resolve;
    });
    await page.goto(login.url + path);
    took.push(await first);
  }
  await context.close();
  return took;
}

export const firstValue: Benchmark = {
  summary: "From the request of the document to the first live value on overview and line, in Chromium, whole chain.",
  run: async (say) => {
    await buildPages(say);
    await using folder = await temporaryFolder();
    await using instrument = await startInstrument(folder.path, [value]);
    instrument.show([good(21.5)], systemClock.now());
    await using chain = await startChain({ folder: folder.path, plantYaml: plantOf(instrument.port, [value]) });
    const browser = await launchChromium();
    try {
      const figures = [];
      for (const [name, path] of [
        ["overview", "/"],
        ["line", "/lines/bench"],
      ] as const) {
        for (const warm of [false, true]) {
          const took = await loads(browser, chain, path, warm);
          const how = `${name}, ${warm ? "scripts kept" : "nothing kept"}`;
          figures.push(figure(`first value: ${how}, median`, median(took), "ms"));
          figures.push(figure(`first value: ${how}, slowest of ${rounds}`, Math.max(...took), "ms"));
        }
      }
      return figures;
    } finally {
      await browser.close();
    }
  },
};
