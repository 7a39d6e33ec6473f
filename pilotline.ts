// The command line: finds the room that a command lives in and hands the rest of the arguments over.
import { fileURLToPath, pathToFileURL } from "node:url";
import { exitCodes } from "#shared/kit/process.ts";

export const commands = {
  demo: { script: "demo.ts", summary: "Run everything on this machine, with simulated pilot lines or a recording." },
  gateway: { script: "gateway/main.ts", summary: "Read devices and deliver their samples to the host." },
  ingest: { script: "ingest/main.ts", summary: "Receive, alarm, store and compute indicators; holds the broker." },
  dashboard: { script: "dashboard/server/main.ts", summary: "Serve the pages and the API." },
  simulate: {
    script: "simulators/main.ts",
    summary: "Simulate pilot lines, or replay a recording, over OPC UA and Modbus TCP.",
  },
  browse: { script: "gateway/browse/main.ts", summary: "List an OPC UA server, and write a piece of plant.yaml." },
  probe: {
    script: "gateway/probe/main.ts",
    summary: "Show what the registers of a Modbus device may mean; only reads.",
  },
  trust: {
    script: "gateway/trust/main.ts",
    summary: "Show which OPC UA certificates a gateway trusts or has refused; trust one.",
  },
  alarms: {
    script: "ingest/alarms/replay/main.ts",
    summary: "Run an alarm rule over stored history, and try other settings.",
  },
  secrets: { script: "deploy/main.ts", summary: "Make the credentials that an external broker and store need." },
  gaps: { script: "ingest/gaps/main.ts", summary: "Show which time of which tag is missing, and why." },
  reconcile: {
    script: "ingest/reconcile/main.ts",
    summary: "Compare what gateways accepted with what is stored, hour by hour.",
  },
  deadletter: {
    script: "ingest/deadletter/main.ts",
    summary: "List what was refused, look at it, store it after all, or drop it.",
  },
  records: {
    script: "ingest/records/main.ts",
    summary: "Import and export tenants, projects, prices, bookings, runs and declared items as CSV.",
  },
  verify: { script: "ingest/assessment/verify/main.ts", summary: "Check an evidence pack of an assessment, offline." },
  recompute: {
    script: "ingest/assessment/recompute/main.ts",
    summary: "Compute a sealed assessment again from the store, and compare byte for byte.",
  },
  notify: {
    script: "ingest/notify/main.ts",
    summary: "Test a notification channel; list what waits, was delivered or failed.",
  },
  store: { script: "shared/store/maintenance/main.ts", summary: "Back up, restore and check history and records." },
  copy: { script: "shared/store/copy/main.ts", summary: "Copy history from one store to another, and compare them." },
  tags: { script: "shared/plant/tagTable/main.ts", summary: "Export and import the tags of a device as CSV." },
  check: { script: "shared/plant/checkMain.ts", summary: "Check a plant model and name every error." },
} as const;

const isCommand = (name: string): name is keyof typeof commands => Object.hasOwn(commands, name);

export function overview(): string {
  const names = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(10)} ${summary}`);
  return [
    "Usage: npm run pilotline -- <command> [options]",
    "",
    "Commands:",
    ...names,
    "",
    "`<command> --help` shows its options.",
  ].join("\n");
}

async function main(): Promise<void> {
  const [name = "--help", ...args] = process.argv.slice(2);
  if (name === "--help" || name === "-h" || name === "help") {
    process.stdout.write(`${overview()}\n`);
    return;
  }
  if (!isCommand(name)) {
    process.stderr.write(`There is no command \`${name}\`.\n\n${overview()}\n`);
    process.exitCode = exitCodes.usage;
    return;
  }
  const script = new URL(commands[name].script, import.meta.url);
  process.argv.splice(1, process.argv.length, fileURLToPath(script), ...args);
  await import(script.href);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await main();
