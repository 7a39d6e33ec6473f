import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OPCUAClient, resolveNodeId } from "node-opcua";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemClock } from "#shared/kit/clock.ts";
import { CodedError } from "#shared/model/errors.ts";
import { millis } from "#shared/model/time.ts";
import { parsePlant } from "#shared/plant/load.ts";
import { askGently } from "../../gateway/drivers/opcua/browse/gently.ts";
import { walk } from "../../gateway/drivers/opcua/browse/walk.ts";
import { runTrust } from "../../gateway/trust/trust.ts";
import { ManualClock } from "../fakes/clock.ts";
import { runCommand, runWith } from "./browseCommand.ts";
import { type BrowseServer, startBrowseServer, uri } from "./browseServer.ts";

let folder: string;
let server: BrowseServer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pilotline-browse-"));
  server = await startBrowseServer(folder);
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const browse = (port: number, ...args: readonly string[]) => runCommand(folder, port, ...args);

const paths = async (...args: readonly string[]): Promise<readonly string[]> => {
  const { answer } = await browse(server.port, "--json", "--limit", "1000", ...args);
  return JSON.parse(answer).nodes.map(({ path }: { path: string }) => path);
};

describe("the list", () => {
  test("has every node once, parents before children, without the server's own state", async () => {
    const all = await paths();
    expect(new Set(all).size).toBe(all.length);
    expect(all.filter((path) => path.startsWith("Plant/Oven"))).toEqual([
      "Plant/Oven",
      "Plant/Oven/Temp",
      "Plant/Oven/Mode",
      "Plant/Oven/Door",
    ]);
    expect(all).toContain("Plant/Dryer/温度");
    expect(all.filter((path) => path.startsWith("Server"))).toEqual([]);
    expect(all.some((path) => path.endsWith("EURange"))).toBe(false);
  });

  test("properties are listed where they are asked for", async () => {
    expect(await paths("--properties")).toContain("Plant/Oven/Temp/EURange");
  });

  test("--root and --depth bound it", async () => {
    expect(await paths("--root", `nsu=${uri};s=Plant`, "--depth", "1")).toEqual(["Oven", "Dryer"]);
    expect(await paths("--root", "ns=3;s=Plant.Oven")).toContain("Temp");
    await expect(paths("--root", "nsu=urn:none;s=x")).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(paths("--root", "ns=3;s=nothing")).rejects.toMatchObject({
      code: "NOT_FOUND",
      detail: expect.stringContaining("BadNodeIdUnknown"),
    });
  });

  test("--filter takes text and patterns, of paths and display names; --choose takes paths and node ids", async () => {
    expect(await paths("--filter", "TEMP")).toEqual(["Plant/Oven/Temp", "Plant/Dryer/Temp"]);
    expect(await paths("--filter", "*/Oven/?oor")).toEqual(["Plant/Oven/Door"]);
    expect(await paths("--filter", "烘干")).toEqual(["Plant/Dryer/Temp"]);
    expect(await paths("--choose", `Plant/Oven/Door,nsu=${uri};i=70001`)).toEqual([
      "Plant/Oven/Door",
      "Plant/Dryer/Count",
    ]);
    await expect(paths("--choose", "Plant/Oven/Dor")).rejects.toMatchObject({
      code: "CONFIG",
      detail: expect.stringContaining("did you mean `Plant/Oven/Door`?"),
    });
  });

  test("pages make the whole list, and each says where it goes on", async () => {
    const all = await paths("--filter", "Plant");
    const pages: string[] = [];
    for (let page = 1; pages.length < all.length; page++) {
      const { answer } = await browse(
        server.port,
        "--filter",
        "Plant",
        "--limit",
        "4",
        "--page",
        String(page),
        "--json",
      );
      pages.push(...JSON.parse(answer).nodes.map(({ path }: { path: string }) => path));
    }
    expect(pages).toEqual(all);
    const { answer } = await browse(server.port, "--filter", "Plant", "--limit", "4");
    expect(answer.split("\n")).toHaveLength(5);
    expect(answer).toMatch(new RegExp(`1–4 of ${all.length} nodes, page 1 of ${Math.ceil(all.length / 4)}; --page 2`));
  });

  test("--values shows type, value, unit, range, texts, quality and time", async () => {
    const { answer } = await browse(server.port, "--filter", "Plant/", "--values");
    const line = (path: string) => answer.split("\n").find((text) => text.includes(` ${path} `)) ?? "";
    expect(line("Plant/Oven/Temp")).toMatch(
      /Double history +81\.5 °C \[0, 200\] \d{4}-\d\d-\d\dT[\d:.]+Z +nsu=urn:pilotline:test;s=Oven\.Temp/,
    );
    expect(line("Plant/Oven/Mode")).toMatch(/1 \(running\)/);
    expect(line("Plant/Oven/Door")).toMatch(/Boolean +true \(open\)/);
    expect(line("Plant/Dryer/Phase")).toMatch(/PhaseType \(Enumeration\) +10 \(heat\)/);
    expect(line("Plant/Dryer/Profile")).toMatch(/Double\[\] +–/);
    expect(line("Plant/Dryer/Secret")).toMatch(/not readable/);
    expect(line("Plant/Dryer/Count")).toMatch(/UInt64 +5 /);
    expect(line("Plant/Dryer/Broken")).toMatch(/no value bad DEVICE_FAULT/);
  });

  test("an end of the budget is said", async () => {
    const { answer, notes } = await browse(server.port, "--most", "3", "--json");
    expect(JSON.parse(answer)).toMatchObject({ complete: false, total: 3 });
    expect(notes).toMatch(/Stopped after 3 nodes/);
  });
});

describe("a gentle browser", () => {
  test("asks for many nodes per call, never more than the server takes", async () => {
    await using limited = await startBrowseServer(join(folder, "limited"), {
      serverCapabilities: { operationLimits: { maxNodesPerBrowse: 4, maxNodesPerRead: 15 } },
    });
    const { answer } = await browse(limited.port, "--filter", "Plant/", "--values", "--json");
    expect(JSON.parse(answer).nodes.length).toBeGreaterThan(12);
    expect(limited.largest.get("Browse")).toBe(4);
    expect(limited.largest.get("Read")).toBeLessThanOrEqual(15);
  });

  test("takes a call per level of the tree, not one per node", async () => {
    const before = server.services.length;
    const all = await paths();
    const calls = server.services.slice(before).filter((name) => name === "Browse");
    expect(calls.length).toBeLessThan(all.length / 2);
  });

  test("finds every node where the server hands references out two at a time, and to one node at once", async () => {
    await using scarce = await startBrowseServer(join(folder, "scarce"), {
      serverCapabilities: { maxBrowseContinuationPoints: 1 },
    });
    const client = OPCUAClient.create({ endpointMustExist: false });
    await client.connect(`opc.tcp://127.0.0.1:${scarce.port}`);
    const session = await client.createSession();
    const nodesIn = async (most: number) => {
      session.requestedMaxReferencesPerNode = most;
      const ask = askGently({
        perCall: 50,
        pause: millis(0),
        clock: systemClock,
        signal: new AbortController().signal,
      });
      const request = { root: resolveNodeId("i=85"), depth: 9, most: 500, withProperties: true, idOf: String };
      return (await walk(session, ask, request)).nodes.map(({ path }) => path);
    };
    try {
      const all = await nodesIn(0);
      expect(scarce.services).not.toContain("BrowseNext");
      expect(await nodesIn(2)).toEqual(all);
      expect(scarce.services).toContain("BrowseNext");
    } finally {
      await client.disconnect();
    }
  });

  test("a call that is too large is halved, also for those that come after it; other errors are a loss", async () => {
    const sizes: number[] = [];
    const signal = new AbortController().signal;
    const ask = askGently({ perCall: 8, pause: millis(0), clock: systemClock, signal });
    const doubled = async (batch: readonly number[]) => {
      sizes.push(batch.length);
      if (batch.length > 3) throw new Error("serviceResult = BadTooManyOperations (0x80100000)");
      return batch.map((n) => 2 * n);
    };
    const numbers = Array.from({ length: 12 }, (_, i) => i);
    expect(await ask.each(numbers, doubled)).toEqual(numbers.map((n) => 2 * n));
    expect(sizes).toEqual([8, 4, 2, 2, 4, 2, 2, 2, 2]);
    const silent = ask.each([1], () => Promise.reject(new CodedError("TIMEOUT", "silent")));
    await expect(silent).rejects.toMatchObject({ code: "TIMEOUT" });
    const failing = ask.each([1], () => Promise.reject(new Error("BadTooManyOperations")));
    await expect(failing).rejects.toMatchObject({ code: "NOT_CONNECTED" });
  });

  test("rests between two calls, and stops at once when it is told to", async () => {
    const clock = new ManualClock();
    const stop = new AbortController();
    const ask = askGently({ perCall: 1, pause: millis(500), clock, signal: stop.signal });
    let calls = 0;
    const running = ask.each([1, 2, 3], async (batch) => {
      calls += 1;
      return batch;
    });
    await clock.advance(millis(0));
    await clock.advance(millis(499));
    expect(calls).toBe(1);
    await clock.advance(millis(1));
    expect(calls).toBe(2);
    stop.abort(new Error("enough"));
    await expect(running).rejects.toThrow("enough");
    expect(calls).toBe(2);
    const never = new AbortController();
    const inFlight = askGently({ perCall: 1, pause: millis(0), clock, signal: never.signal }).each(
      [1],
      () => new Promise<number[]>(() => {}),
    );
    never.abort(new Error("enough of waiting"));
    await expect(inFlight).rejects.toThrow("enough of waiting");
  });
});

describe("the piece of plant.yaml", () => {
  const write = async (...args: readonly string[]) =>
    browse(server.port, "--filter", "Plant/", "--write-plant", "-", ...args);
  const tagsOf = (text: string) => {
    const { plant, problems } = parsePlant(text, "piece", {});
    expect(problems).toEqual([]);
    return Object.fromEntries((plant?.lines[0]?.equipment[0]?.tags ?? []).map((tag) => [tag.id, tag]));
  };

  test("passes the check when it is put into a plant, and when it is written whole", async () => {
    const piece = await write();
    const around = `platform: { id: p, name: { zh: 平台 } }\ngateways: [{ id: edge-1 }]\n${piece.answer}`;
    const whole = await write("--whole");
    expect(Object.keys(tagsOf(around))).toEqual(Object.keys(tagsOf(whole.answer)));
  });

  test("has names, types, units, ranges and digits of the server", async () => {
    const tags = tagsOf((await write("--whole")).answer);
    expect(tags.Temp).toMatchObject({
      name: { zh: "Oven temperature", en: "Oven temperature" },
      address: { node: `nsu=${uri};s=Oven.Temp` },
      type: "float",
      unit: "Cel",
      range: [0, 200],
      decimals: 1,
    });
    expect(tags["Dryer-Temp"]).toMatchObject({ name: { zh: "烘干温度", en: "Temp" }, unit: "Cel", decimals: 3 });
    expect(tags["Dryer-Temp"]?.range).toBeUndefined();
    expect(tags.Door).toMatchObject({ type: "bool" });
    expect(tags.Mode).toMatchObject({ type: "int", decimals: 0 });
    expect(tags.Phase).toMatchObject({ type: "int" });
    expect(tags.Count).toMatchObject({ type: "int", address: { node: `nsu=${uri};i=70001` } });
  });

  test("names that no id can have fall back to the node id; what is odd in them stays as it is", async () => {
    const tags = tagsOf((await write("--whole")).answer);
    expect(tags["i-70002"]).toMatchObject({ name: { zh: "压力", en: "压力" } });
    const odd = Object.values(tags).find(({ address }) => String(address.node).includes("DB"));
    // biome-ignore lint/suspicious/noTemplateCurlyInString: what the server calls it.
    expect(odd).toMatchObject({ name: { zh: "a: # ${HOME}\n{x}" }, address: { node: `nsu=${uri};s="DB"."温度;1"` } });
  });

  test("what cannot be a tag is left out with its reason", async () => {
    const { answer, notes } = await write("--whole");
    for (const [path, why] of [
      ["Plant/Dryer/Profile", "an array of Double"],
      ["Plant/Dryer/Range", "a structure (Range)"],
      ["Plant/Dryer/Secret", "this user may not read it"],
    ]) {
      expect(answer).toContain(`# left out: ${path}: ${why}`);
      expect(notes).toContain(`left out: ${path}: ${why}`);
    }
    expect(notes).toMatch(/9 tags, 3 variables left out/);
  });

  test("an enumeration proposes a state map as a comment, which holds once the # is gone", async () => {
    const { answer } = await write("--whole");
    expect(answer).toContain("# state: { tag: Mode, map: { 0: SBY, 1: PRD, 2: UDT, 3: UNK } }");
    const taken = answer.replace("# state: { tag: Mode", "state: { tag: Mode");
    expect(parsePlant(taken, "piece", {}).plant?.lines[0]?.equipment[0]?.state?.tag).toBe("Mode");
  });

  test("--profile auto knows the server by its build information and proposes polling with sources", async () => {
    const { answer } = await write("--whole", "--profile", "auto");
    expect(parsePlant(answer, "piece", {}).plant?.devices[0]).toMatchObject({ polling: { itemsPerCall: 200 } });
    expect(answer).toContain("epics-modules/opcua#177");
    const named = await write("--whole", "--profile", "siemens-s7-1200");
    expect(parsePlant(named.answer, "piece", {}).plant?.devices[0]).toMatchObject({
      polling: { itemsPerCall: 100, deadband: "gateway" },
    });
    await expect(write("--profile", "siemens")).rejects.toMatchObject({ code: "CONFIG" });
  });

  test("goes into a new file, never over one that is there", async () => {
    const file = join(folder, "piece.yaml");
    await browse(server.port, "--filter", "Door", "--write-plant", file);
    expect(await readFile(file, "utf8")).toContain("Oven.Door");
    const again = browse(server.port, "--filter", "Temp", "--write-plant", file);
    await expect(again).rejects.toMatchObject({ code: "CONFIG", detail: expect.stringContaining("EEXIST") });
    expect(await readFile(file, "utf8")).toContain("Oven.Door");
  });
});

describe("who is asked, and as whom", () => {
  test("a password is taken from the environment, and never over a channel that does not encrypt", async () => {
    await expect(browse(server.port, "--user", "me")).rejects.toMatchObject({
      code: "CONFIG",
      detail: expect.stringContaining("PILOTLINE_OPCUA_PASSWORD"),
    });
  });

  test("a server whose certificate is not trusted is refused, with the command that trusts it", async () => {
    const refused = browse(server.port, "--security", "Basic256Sha256");
    await expect(refused).rejects.toMatchObject({ code: "UNTRUSTED", detail: expect.stringContaining("trust") });
  });

  test("once it is trusted, a user is let in; the piece names the variable, never the password", async () => {
    const secret = "correct horse";
    await using strict = await startBrowseServer(join(folder, "strict"), {
      allowAnonymous: false,
      userManager: { isValidUser: (user: string, password: string) => user === "op" && password === secret },
    });
    const args = ["--security", "Basic256Sha256", "--user", "op", "--filter", "Oven"];
    const as = (password: string, ...more: readonly string[]) =>
      runWith({ PILOTLINE_OPCUA_PASSWORD: password }, folder, strict.port, ...args, ...more);
    const refusal = await as(secret).catch((error: CodedError) => error.detail);
    const [thumbprint = ""] = /\b[0-9A-F]{40}\b/.exec(String(refusal)) ?? [];
    const gatewayData = join(folder, "gateway", "edge-1");
    await runTrust({
      options: { "gateway-data": gatewayData, host: "127.0.0.1", remove: false },
      positionals: [thumbprint],
    });
    await expect(as("wrong")).rejects.toMatchObject({ code: "FORBIDDEN" });
    expect((await as(secret)).answer).toContain("Plant/Oven/Temp");
    const { answer } = await as(secret, "--whole", "--write-plant", "-");
    // biome-ignore lint/suspicious/noTemplateCurlyInString: what is written in the file.
    expect(answer).toContain('password: "${PILOTLINE_OPCUA_PASSWORD}"');
    expect(answer).not.toContain(secret);
    expect(parsePlant(answer, "piece", { PILOTLINE_OPCUA_PASSWORD: secret }).problems).toEqual([]);
  });

  test("a wrong policy is named with those that there are", async () => {
    await expect(browse(server.port, "--security", "Basic256")).rejects.toMatchObject({
      code: "CONFIG",
      detail: expect.stringContaining("Basic256Sha256"),
    });
  });

  test("no server is a loss of connection that names the address", async () => {
    await using gone = await startBrowseServer(join(folder, "gone"));
    const { port } = gone;
    await gone[Symbol.asyncDispose]();
    await expect(browse(port)).rejects.toMatchObject({ detail: expect.stringContaining(`:${port}`) });
  }, 60_000);
});
