import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { encodePayload } from "#shared/wire/sparkplug/encode.ts";
import { goldens } from "./golden.ts";
import { oracleDecode } from "./oracle.ts";

const format = readFileSync(fileURLToPath(import.meta.resolve("#shared/wire/sparkplug/format.md")), "utf8");

/** The bytes of the `hex` block below a heading, without its comments. */
const documented = new Map(
  [...format.matchAll(/^## ([^\n]+)\n(?:(?!^## )[\s\S])*?```hex\n([\s\S]*?)```/gm)].map(([, heading, block]) => [
    heading,
    block!.replace(/#.*$/gm, "").replace(/\s+/g, ""),
  ]),
);

test("format.md explains exactly these payloads", () => {
  expect([...documented.keys()]).toEqual(Object.keys(goldens));
});

test.each(Object.entries(goldens))("%s has the documented bytes", (heading, payload) => {
  const bytes = encodePayload(payload);
  expect(Buffer.from(bytes).toString("hex")).toBe(documented.get(heading));
  expect(oracleDecode(bytes).metrics).toHaveLength(payload.metrics.length);
});
