import { accessSync, constants } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const places = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/snap/bin/chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
  "C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe",
];

function isThere(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A Chromium of this machine: PILOTLINE_CHROMIUM, else one of the usual places; undefined where there is none. */
export function findChromium(environment: Record<string, string | undefined> = process.env): string | undefined {
  return [environment.PILOTLINE_CHROMIUM ?? "", ...places].find((file) => file !== "" && isThere(file));
}

/** Why browser tests are skipped; false where they can run. */
export const noChromium: string | false =
  findChromium() === undefined && "no Chromium found: install the Debian package chromium, or set PILOTLINE_CHROMIUM";

export async function launchChromium(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error(String(noChromium));
  return chromium.launch({
    executablePath,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}
