// `npm run screenshots`: the pictures of the README, taken from the running demo and from a recording; with `-- report`
// those of docs/assessment.md, from a sealed month of the demo's plant.
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { buildPages } from "../../dashboard/build.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { recordedColumns, recordingFile, recordingsMissing } from "../fakes/recordings.ts";
import { type Chain, startChain, startReplay, startSimulators, writeReplayPlant } from "../pipeline/chain.ts";
import { launchChromium } from "./chromium.ts";
import { reportPictures } from "./reportPictures.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const images = join(root, "docs/images");
const say = (line: string) => process.stdout.write(`${line}\n`);

const recording = "valve1-0";

async function signIn(page: Page, { login }: Chain): Promise<void> {
  await page.goto(login.url);
  await page.locator("#user").fill(login.user);
  await page.locator("#password").fill(login.password);
  await page.keyboard.press("Enter");
  await page.locator(".link-mark[data-state=live]").waitFor();
}

async function take(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(images, `${name}.png`) });
  say(`docs/images/${name}.png`);
}

async function demo(page: Page): Promise<void> {
  await using folder = await temporaryFolder();
  await using simulators = await startSimulators(["all", "--seed", "1"]);
  const plantYaml = await readFile(join(root, "plant.example.yaml"), "utf8");
  await using chain = await startChain({ folder: folder.path, plantYaml, env: simulators.env });
  await signIn(page, chain);
  await page.locator(".alarm-list tbody tr").first().waitFor({ timeout: 900_000 });
  // The lines are some way into a run, and the figures of today have something to stand on.
  await page.waitForTimeout(120_000);
  await take(page, "overview");
  await page.goto(`${chain.login.url}/lines/fine-chemical`);
  await page.locator(".key-value").first().waitFor();
  await page.waitForTimeout(2_000);
  await take(page, "line");
  const tags = ["demo/fine-chemical/reactor/temperature", "demo/fine-chemical/reactor/pressure"];
  await page.goto(`${chain.login.url}/lines/fine-chemical/trend?tags=${tags.join(",")}&live=5m`);
  await page.waitForTimeout(5_000);
  await take(page, "trend");
}

/** The pump's current, above the labels of the valve being closed and opened again by hand. */
async function valve(page: Page): Promise<void> {
  await using folder = await temporaryFolder();
  const plantFile = join(folder.path, "recording.yaml");
  await writeReplayPlant(recordingFile(recording), plantFile);
  await using replay = await startReplay(recordingFile(recording), ["--speed", "0"]);
  await using chain = await startChain({
    folder: folder.path,
    plantYaml: await readFile(plantFile, "utf8"),
    env: replay.env,
  });
  await signIn(page, chain);
  const times = recordedColumns(recording).get("Current") ?? [];
  const tags = ["motor/current", "loop/flow", "loop/anomaly"].map((tag) => `demo/test-bench/${tag}`);
  const range = `from=${times[0]?.atMs}&to=${times.at(-1)?.atMs}`;
  await page.waitForTimeout(20_000);
  await page.goto(`${chain.login.url}/lines/test-bench/trend?tags=${tags.join(",")}&${range}`);
  await page.waitForTimeout(5_000);
  await take(page, "valve");
}

await mkdir(images, { recursive: true });
const onlyReport = process.argv[2] === "report";
if (!onlyReport) await buildPages(say);
const browser = await launchChromium();
try {
  if (onlyReport) await reportPictures(browser, images, say);
  else await pagePictures();
} finally {
  await browser.close();
}

async function pagePictures(): Promise<void> {
  const page = await browser.newPage({ locale: "zh-CN", viewport: { width: 1440, height: 900 } });
  await demo(page);
  await page.context().clearCookies();
  if (recordingsMissing) say(`Without the picture of a recording: ${recordingsMissing}.`);
  else await valve(page);
}
