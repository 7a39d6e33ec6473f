// `npm run screenshots -- [--month <folder>] [--all <folder>]`: the pictures of the README, taken from the running demo with
// a simulated month behind it, and from a recording. The month is made where no folder has it; --all takes every page.
// With `-- report` those of docs/assessment.md, from a sealed month of the demo's plant.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import type { Browser, Page } from "playwright-core";
import type { AlarmStatus } from "#shared/model/alarm.ts";
import { systemLineId } from "#shared/plant/systemLine.ts";
import { buildPages } from "../../dashboard/build.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { recordedColumns, recordingFile, recordingsMissing } from "../fakes/recordings.ts";
import { type Chain, startChain, startReplay, startSimulators, writeReplayPlant } from "../pipeline/chain.ts";
import { connectPage } from "../pipeline/page.ts";
import { launchChromium } from "./chromium.ts";
import { looks, takeGallery } from "./gallery.ts";
import { pagesOf } from "./pageList.ts";
import { settled } from "./pages.ts";
import { reportPictures } from "./reportPictures.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const images = join(root, "docs/images");
const say = (line: string) => process.stdout.write(`${line}\n`);

const recording = "valve1-0";
const keyTags = ["demo/fine-chemical/reactor/temperature", "demo/fine-chemical/reactor/pressure"];
/** Pictures of the README by the path that each shows. */
const inReadme = {
  overview: "/",
  line: "/lines/fine-chemical",
  equipment: "/lines/fine-chemical/equipment/reactor",
  trend: `/lines/fine-chemical/trend?tags=${keyTags.join(",")}&live=24h`,
  utilisation: "/utilisation",
  green: "/green",
  assessment: "/assessment",
} as const;

async function signIn(page: Page, login: Chain["login"]): Promise<void> {
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

/** A folder with a month of the demo; made where it is not there yet, which takes some minutes. */
async function monthFolder(asked: string | undefined, stack: AsyncDisposableStack): Promise<string> {
  const folder = asked ?? stack.use(await temporaryFolder()).path;
  if (existsSync(join(folder, "simulators.json"))) return folder;
  say("A month is simulated …");
  const script = join(root, "tests/month/makeMonth.ts");
  await promisify(execFile)(process.execPath, [script, "--out", folder], { maxBuffer: 1e8 });
  return folder;
}

/** What the start itself has raised is nothing to show: alarms of the system that have cleared are acknowledged. */
async function acknowledgeStart(login: Chain["login"]): Promise<void> {
  await using session = await connectPage(login);
  const { alarms } = (await session.get("/api/alarms")) as { readonly alarms: readonly AlarmStatus[] };
  const over = alarms.filter(({ line, state }) => line === systemLineId && state === "RTNUN").map(({ alarm }) => alarm);
  if (over.length > 0) await session.post("/api/alarms/acknowledge", { alarms: over, comment: "启动" });
}

async function demo(browser: Browser, month: string | undefined, all: string | undefined): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const folder = await monthFolder(month, stack);
  const args = JSON.parse(await readFile(join(folder, "simulators.json"), "utf8")) as string[];
  const simulators = stack.use(await startSimulators(args));
  const plantYaml = await readFile(join(folder, "plant.yaml"), "utf8");
  const chain = stack.use(await startChain({ folder, plantYaml, env: simulators.env }));
  const first = JSON.parse(await readFile(join(chain.data, "secrets/first-user.json"), "utf8"));
  const login = { url: chain.login.url, user: String(first.username), password: String(first.password) };
  const page = await browser.newPage(looks[0]?.options);
  await signIn(page, login);
  // The figures of today have something to stand on, and gateways have told what they kept.
  await page.waitForTimeout(90_000);
  await acknowledgeStart(login);
  for (const [name, path] of Object.entries(inReadme)) {
    await page.goto(login.url + path);
    await settled(page);
    await page.waitForLoadState("networkidle");
    await page.waitForTimeout(2_000);
    await take(page, name);
  }
  await page.close();
  if (all !== undefined)
    await takeGallery(browser, all, login.url, pagesOf("fine-chemical", "reactor", keyTags), (each) =>
      signIn(each, login),
    );
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
  await signIn(page, chain.login);
  const times = recordedColumns(recording).get("Current") ?? [];
  const tags = ["motor/current", "loop/flow", "loop/anomaly"].map((tag) => `demo/test-bench/${tag}`);
  const range = `from=${times[0]?.atMs}&to=${times.at(-1)?.atMs}`;
  await page.waitForTimeout(20_000);
  await page.goto(`${chain.login.url}/lines/test-bench/trend?tags=${tags.join(",")}&${range}`);
  await page.waitForTimeout(5_000);
  await take(page, "valve");
}

const { values: asked, positionals } = parseArgs({
  allowPositionals: true,
  options: { month: { type: "string" }, all: { type: "string" } },
});
await mkdir(images, { recursive: true });
const browser = await launchChromium();
try {
  if (positionals[0] === "report") await reportPictures(browser, images, say);
  else {
    await buildPages(say);
    await demo(browser, asked.month, asked.all);
    if (recordingsMissing) say(`Without the picture of a recording: ${recordingsMissing}.`);
    else await valve(await browser.newPage(looks[0]?.options));
  }
} finally {
  await browser.close();
}
