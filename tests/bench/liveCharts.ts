// Twelve live charts of four series in a real Chromium: the trend page itself, on the real server.
import { readFile } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Browser, CDPSession, Page } from "playwright-core";
import type { LiveValue } from "#shared/model/live.ts";
import { tagId } from "#shared/model/sample.ts";
import { instant } from "#shared/model/time.ts";
import { parsePlant } from "#shared/plant/load.ts";
import { buildPages } from "../../dashboard/build.ts";
import { launchChromium, noChromium } from "../browser/chromium.ts";
import { startServer, type TestServer } from "../dashboard/server.ts";
import { type Benchmark, type Figure, figure, percentile } from "./figure.ts";

const charts = 12;
const perChart = 4;
/** Every tag changes this often; frames go out at 4 Hz. */
const everyMs = 100;
const historyMs = 300_000;
const measuredMs = 20_000;
const heapMs = 120_000;

const ids = Array.from({ length: charts * perChart }, (_, k) => `t${k}`);
const tags = ids.map((tag) => tagId({ platform: "test", line: "bench", equipment: "rig", tag }));
const valueAt = (k: number, at: number): number =>
  50 + 30 * Math.sin(at / (5_000 + k * 700) + k) + 3 * Math.sin(at / 900);

const plantText = `
platform: { id: test, name: { zh: 测试平台 } }
gateways: [{ id: edge-1 }]
devices:
  - { id: box, gateway: edge-1, protocol: opcua, connection: { endpoint: "opc.tcp://127.0.0.1:4840", security: none } }
lines:
  - id: bench
    name: { zh: 试验台 }
    equipment:
      - id: rig
        name: { zh: 试验机 }
        kind: rig
        tags:
${ids.map((id) => `          - { id: ${id}, name: { zh: 量${id} }, unit: Cel, device: box, address: { node: "nsu=urn:test;s=${id}" } }`).join("\n")}
`;

/** What the main thread did while `lastsMs` passed, and how far apart its frames were. */
interface Watched {
  readonly busyShare: number;
  readonly frames: readonly number[];
  readonly longTasks: number;
}

async function metric(cdp: CDPSession, name: string): Promise<number> {
  const { metrics } = await cdp.send("Performance.getMetrics");
  return metrics.find((each) => each.name === name)?.value ?? Number.NaN;
}

async function watchPage(page: Page, cdp: CDPSession, lastsMs: number): Promise<Watched> {
  const began = { task: await metric(cdp, "TaskDuration"), at: performance.now() };
  const { frames, longTasks }: { frames: number[]; longTasks: number } = await page.evaluate(`new Promise((resolve) => {
    const frames = [];
    let longTasks = 0;
    const observer = new PerformanceObserver((list) => { longTasks += list.getEntries().length; });
    observer.observe({ entryTypes: ["longtask"] });
    let last = performance.now();
    const end = last + ${lastsMs};
    const frame = (now) => {
      frames.push(now - last);
      last = now;
      if (now < end) requestAnimationFrame(frame);
      else { observer.disconnect(); resolve({ frames: frames.slice(1), longTasks }); }
    };
    requestAnimationFrame(frame);
  })`);
  const busyMs = ((await metric(cdp, "TaskDuration")) - began.task) * 1_000;
  return { busyShare: busyMs / (performance.now() - began.at), frames, longTasks };
}

/** The JavaScript heap after a collection, in MiB. */
async function heapMiB(cdp: CDPSession): Promise<number> {
  await cdp.send("HeapProfiler.collectGarbage");
  return (await metric(cdp, "JSHeapUsedSize")) / 2 ** 20;
}

async function openTrend(browser: Browser, server: TestServer): Promise<Page> {
  const url = await server.listen();
  const password = await server.accounts.createUser("watcher", "viewer");
  const page = await browser.newPage({ viewport: { width: 1_920, height: 1_080 }, locale: "zh-CN" });
  const groups = Array.from({ length: charts }, (_, k) => tags.slice(k * perChart, (k + 1) * perChart).join(","));
  await page.goto(`${url}/lines/bench/trend?tags=${groups.join(";")}&live=5m`);
  await page.locator("#user").fill("watcher");
  await page.locator("#password").fill(password);
  await page.keyboard.press("Enter");
  await page
    .locator(".trend-chart canvas")
    .nth(charts - 1)
    .waitFor();
  await page.locator(".link-mark[data-state=live]").waitFor();
  return page;
}

async function ours(browser: Browser, say: (line: string) => void): Promise<Watched & { readonly growth: number }> {
  const { plant } = parsePlant(plantText, "plant.yaml", {});
  if (!plant) throw new Error("The benchmark's plant was refused.");
  const pages = fileURLToPath(new URL("../../dashboard/web/dist", import.meta.url));
  await using server = await startServer({ plant, pages, publicOrigin: null });
  const now = Date.now();
  const times = Array.from({ length: historyMs / 1_000 }, (_, k) => instant(now - historyMs + k * 1_000));
  const samples = tags.flatMap((tag, k) =>
    times.map((at) => ({ tag, at, quality: "good" as const, value: valueAt(k, at) })),
  );
  await server.samples.write([{ name: null, samples }]);
  const feed = setInterval(() => {
    const at = instant(Date.now());
    const values = tags.map((tag, k): LiveValue => ({ tag, value: valueAt(k, at), quality: "good", reason: null, at }));
    server.state.setConnected(true);
    server.state.setHealth({ part: "ingest", at, state: "ok", newest: { bench: at }, details: {} }, false);
    server.state.latest.apply("bench", values, null);
  }, everyMs);
  try {
    const page = await openTrend(browser, server);
    const cdp = await page.context().newCDPSession(page);
    await cdp.send("Performance.enable");
    await wait(5_000);
    const watched = await watchPage(page, cdp, measuredMs);
    const before = await heapMiB(cdp);
    await wait(heapMs);
    const after = await heapMiB(cdp);
    say(`heap ${before.toFixed(1)} → ${after.toFixed(1)} MiB in ${heapMs / 1_000} s`);
    await page.context().close();
    return { ...watched, growth: ((after - before) / heapMs) * 60_000 };
  } finally {
    clearInterval(feed);
  }
}

/** The same picture by uPlot alone: no page, no socket, no gaps; all values anew at 4 Hz. */
async function bare(browser: Browser): Promise<Watched> {
  const page = await browser.newPage({ viewport: { width: 1_920, height: 1_080 } });
  await page.addScriptTag({
    content: await readFile(fileURLToPath(import.meta.resolve("uplot/dist/uPlot.iife.min.js")), "utf8"),
  });
  await page.evaluate(`(() => {
    const points = 1200;
    const plots = Array.from({ length: ${charts} }, () => new uPlot({
      width: 600, height: 210,
      series: [{}, ...Array.from({ length: ${perChart} }, () => ({ stroke: "black" }))],
    }, [[0, 1], ...Array.from({ length: ${perChart} }, () => [0, 1])], document.body));
    setInterval(() => {
      const now = Date.now() / 1000;
      const x = Float64Array.from({ length: points }, (_, i) => now - (points - i) / 4);
      const y = Array.from({ length: ${perChart} }, (_, k) => Float64Array.from(x, (t) => Math.sin(t / (5 + k)) * 30));
      for (const plot of plots) plot.setData([x, ...y]);
    }, 250);
  })()`);
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Performance.enable");
  await wait(2_000);
  const watched = await watchPage(page, cdp, measuredMs);
  await page.context().close();
  return watched;
}

export const liveCharts: Benchmark = {
  summary: `${charts} live charts of ${perChart} series on the trend page in Chromium: main thread, frames, heap`,
  onDemand: true,
  run: async (say): Promise<readonly Figure[]> => {
    if (noChromium) {
      say(noChromium);
      return [];
    }
    await buildPages(() => {});
    const browser = await launchChromium();
    try {
      const plain = await bare(browser);
      const page = await ours(browser, say);
      const name = "uPlot alone, the same points at 4 Hz";
      return [
        figure("live charts: main thread busy", page.busyShare * 100, "%", { name, value: plain.busyShare * 100 }),
        ...[0.5, 0.99].map((share) =>
          figure(`live charts: time between frames p${share * 100}`, percentile(page.frames, share), "ms", {
            name,
            value: percentile(plain.frames, share),
          }),
        ),
        figure("live charts: tasks over 50 ms", page.longTasks / (measuredMs / 60_000), "per minute", {
          name,
          value: plain.longTasks / (measuredMs / 60_000),
        }),
        figure("live charts: heap growth", page.growth, "MiB/min"),
      ];
    } finally {
      await browser.close();
    }
  },
};
