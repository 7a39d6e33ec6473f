// Every page in both languages, light and dark, at a desk, on a phone and on a wall, of a running demo.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import type { ListedPage } from "./pageList.ts";
import { settled } from "./pages.ts";

export interface Look {
  readonly name: string;
  readonly options: BrowserContextOptions;
}

const desk = { width: 1_440, height: 900 };
const phone = { width: 390, height: 844 };

export const looks: readonly Look[] = [
  { name: "zh-light", options: { locale: "zh-CN", colorScheme: "light", viewport: desk } },
  { name: "zh-dark", options: { locale: "zh-CN", colorScheme: "dark", viewport: desk } },
  { name: "en-light", options: { locale: "en", colorScheme: "light", viewport: desk } },
  { name: "en-dark", options: { locale: "en", colorScheme: "dark", viewport: desk } },
  { name: "zh-phone", options: { locale: "zh-CN", colorScheme: "light", viewport: phone } },
];

/** Takes `<folder>/<page>.<look>.png` of every page; `signIn` opens a session in a fresh context. */
export async function takeGallery(
  browser: Browser,
  folder: string,
  url: string,
  pages: Readonly<Record<string, ListedPage>>,
  signIn: (page: Page) => Promise<void>,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const { name: look, options } of looks) {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    await signIn(page);
    for (const [name, { path }] of Object.entries(pages)) {
      await page.goto(url + path);
      await settled(page);
      // Charts and figures come behind the page.
      await page.waitForLoadState("networkidle");
      await page.screenshot({ path: join(folder, `${name}.${look}.png`), fullPage: true });
    }
    await context.close();
  }
}
