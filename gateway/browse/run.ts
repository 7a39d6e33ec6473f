import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "#shared/kit/clock.ts";
import type { Log } from "#shared/kit/log.ts";
import type { Metrics } from "#shared/kit/metrics.ts";
import { CodedError, messageOf } from "#shared/model/errors.ts";
import type { Environment } from "#shared/plant/environment.ts";
import type { DeviceOf } from "../driver.ts";
import type { Browser } from "../drivers/opcua/browse/browse.ts";
import type { VariableFacts } from "../drivers/opcua/browse/facts.ts";
import type { WalkedNode } from "../drivers/opcua/browse/walk.ts";
import { limitsOf, loadProfiles, type NamedProfile, pollingOf, profileFor } from "../drivers/opcua/profiles/load.ts";
import { chosenOf, filterOf } from "./choice.ts";
import { type BrowseOptions, type Extent, extentOf } from "./command.ts";
import { deviceEntry, deviceOf } from "./device.ts";
import { listingRows, listingText, type Page } from "./listing.ts";
import { plantPiece } from "./plantPiece.ts";
import { profilesText, profileText } from "./profileText.ts";

/** What the command gets of the world. */
export interface BrowseWorld {
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly env: Environment;
  /** The answer. */
  readonly print: (text: string) => void;
  /** What is said about it. */
  readonly note: (text: string) => void;
}

/** The command after its options are read; rejects with a `CodedError` that says where and what to do. */
export async function runBrowse(
  endpoint: string | undefined,
  options: BrowseOptions,
  world: BrowseWorld,
  signal: AbortSignal,
): Promise<void> {
  const profiles = await loadProfiles();
  if (options.profile === "list") return world.print(profilesText(profiles));
  const extent = extentOf(options);
  const named = namedProfile(profiles, options.profile);
  if (endpoint === undefined)
    throw new CodedError("CONFIG", "`browse` takes the endpoint, for example opc.tcp://10.0.0.5:4840.");
  const device = deviceOf(deviceEntry(endpoint, options, {}), options, world.env);
  if (device.connection.security === "none") {
    world.note(`${endpoint}: security none, the connection is neither signed nor encrypted.`);
  }
  await using browser = await connect(device, options, extent, named, world, signal);
  const { manufacturer, product, version } = browser.server;
  const profile = named ?? profileFor(profiles, browser.server);
  world.note(`Server: ${[manufacturer, product, version].filter(Boolean).join(" / ") || "says nothing of itself"}`);
  if (profile)
    world.note(
      options.profile === undefined
        ? `Profile: ${profile.name} (--profile auto proposes its polling)`
        : profileText(profile),
    );
  else if (options.profile === "auto") world.note("No profile knows this server: the piece keeps the default polling.");

  const walked = await browser.walk({ ...extent, root: options.root, withProperties: options.properties });
  if (!walked.complete) {
    world.note(`Stopped after ${extent.most} nodes: choose a --root further below, or raise --most.`);
  }
  const nodes = selected(walked.nodes, options);
  if (options["write-plant"] === undefined) {
    const page = await pageOf(browser, nodes, options, extent);
    world.print(options.json ? json(endpoint, browser, profile, page, walked.complete) : listingText(page));
  } else {
    const polling = options.profile !== undefined && profile ? pollingOf(profile) : {};
    await writePiece(options["write-plant"], endpoint, browser, nodes, { options, polling, profile, world });
  }
}

function namedProfile(profiles: readonly NamedProfile[], name: string | undefined): NamedProfile | undefined {
  if (name === undefined || name === "auto") return undefined;
  const found = profiles.find((profile) => profile.name === name);
  if (found) return found;
  const known = profiles.map((profile) => profile.name).join(", ");
  throw new CodedError("CONFIG", `--profile takes auto, list, or one of ${known}; got \`${name}\`.`);
}

/** The stack is loaded only now: help and wrong options answer at once. */
async function connect(
  device: DeviceOf<"opcua">,
  options: BrowseOptions,
  { perCall, pause }: Extent,
  profile: NamedProfile | undefined,
  { clock, log, metrics }: BrowseWorld,
  signal: AbortSignal,
): Promise<Browser> {
  const { openBrowser } = await import("../drivers/opcua/browse/browse.ts");
  const folder = join(options.data, "gateway", options.gateway);
  const most = profile ? (limitsOf(profile).nodesPerCall ?? perCall) : perCall;
  return openBrowser(device, { clock, log, metrics, folder }, { perCall: Math.min(perCall, most), pause }, signal);
}

function selected(nodes: readonly WalkedNode[], { filter, choose }: BrowseOptions): readonly WalkedNode[] {
  const filtered = filter === undefined ? nodes : nodes.filter(filterOf(filter));
  return choose === undefined
    ? filtered
    : chosenOf(
        filtered,
        choose
          .split(",")
          .map((name) => name.trim())
          .filter(Boolean),
      );
}

const isVariable = ({ kind }: WalkedNode): boolean => kind !== "object";

async function pageOf(
  browser: Browser,
  nodes: readonly WalkedNode[],
  { values }: BrowseOptions,
  { page, limit }: Extent,
): Promise<Page> {
  const shown = nodes.slice((page - 1) * limit, page * limit);
  const variables = values ? shown.filter(isVariable) : [];
  const described = await browser.describe(variables);
  const facts = new Map<WalkedNode, VariableFacts | undefined>(variables.map((node, i) => [node, described[i]]));
  return { rows: shown.map((node) => ({ node, facts: facts.get(node) })), total: nodes.length, page, limit };
}

const json = (endpoint: string, browser: Browser, profile: NamedProfile | undefined, page: Page, complete: boolean) =>
  JSON.stringify(
    {
      endpoint,
      server: browser.server,
      profile: profile?.name ?? null,
      complete,
      total: page.total,
      page: page.page,
      limit: page.limit,
      nodes: listingRows(page.rows),
    },
    null,
    2,
  );

interface Writing {
  readonly options: BrowseOptions;
  readonly polling: ReturnType<typeof pollingOf>;
  readonly profile: NamedProfile | undefined;
  readonly world: BrowseWorld;
}

async function writePiece(
  file: string,
  endpoint: string,
  browser: Browser,
  nodes: readonly WalkedNode[],
  { options, polling, profile, world }: Writing,
): Promise<void> {
  const variables = nodes.filter(isVariable);
  const described = await browser.describe(variables);
  const found = variables.flatMap((node, i) => (described[i] ? [{ node, facts: described[i] }] : []));
  const { device, gateway, line, equipment } = options;
  const piece = plantPiece(found, {
    device: deviceEntry(endpoint, options, polling),
    ids: { device, gateway, line, equipment },
    whole: options.whole,
    header: [
      `Written by \`pilotline browse ${endpoint}\` at ${new Date(world.clock.now()).toISOString()}.`,
      ...(options.whole ? [] : ["Add the device to `devices`, and the equipment to a line of your plant.yaml."]),
      "Names, deadbands, alarms and what each tag is for are yours to judge; `pilotline check` names every mistake.",
      ...(Object.keys(polling).length > 0 && profile ? ["", ...profileText(profile).split("\n")] : []),
    ],
  });
  if (file === "-") world.print(piece.text.trimEnd());
  else await createFile(file, piece.text);
  world.note(
    `${piece.tags} tags${file === "-" ? "" : ` written to ${file}`}, ${piece.leftOut.length} variables left out.`,
  );
  for (const { path, why } of piece.leftOut) world.note(`  left out: ${path}: ${why}`);
  const most = profile && limitsOf(profile).monitoredItems;
  if (most !== undefined && piece.tags > most) {
    world.note(`The profile ${profile?.name} knows a limit of ${most} monitored items: choose fewer.`);
  }
}

/** Never over a file that is there: it may be somebody's work. */
async function createFile(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { flag: "wx" });
  } catch (error) {
    throw new CodedError("CONFIG", `--write-plant: ${file} cannot be written: ${messageOf(error)}.`, { cause: error });
  }
}
