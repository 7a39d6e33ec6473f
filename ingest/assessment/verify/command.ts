import type { CommandSpec, OptionSpec } from "#shared/kit/command.ts";

export const command = {
  name: "verify",
  summary: [
    "Checks an evidence pack of an assessment without a network: archive, digest of every file, hash chain, signature.",
    "Exit code 1 where a byte of it is not as it was sealed. Without --public-key the key in the pack is used, which",
    "proves only that the pack fits itself: get the platform's key by another way.",
  ].join("\n"),
  positionals: ["<pack.zip>"],
  options: {
    "public-key": {
      type: "string",
      placeholder: "<file>",
      help: "Public key of the platform, PEM: secrets/assessment-public-key.pem of its data folder.",
    },
    json: { type: "boolean", help: "As JSON." },
  },
  examples: ["npm run pilotline -- verify demo-2026-10-v1.zip --public-key assessment-public-key.pem"],
} as const satisfies CommandSpec<Record<string, OptionSpec>>;
