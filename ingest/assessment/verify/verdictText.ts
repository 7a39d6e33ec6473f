import type { PackVerdict } from "./checkPack.ts";

/** A verdict as the command prints it. */
export function verdictText({ problems, manifest, document, publicKey }: PackVerdict, isTrusted: boolean): string {
  if (problems.length > 0) return `NOT as it was sealed:\n${problems.map((problem) => `  ${problem}\n`).join("")}`;
  if (!manifest || !document) return "";
  const { total, measured, declared, grade } = document.score;
  const shown = (score: number | null) => (score === null ? "–" : score.toFixed(2));
  const lines = [
    `As it was sealed: ${manifest.platform}, ${manifest.period}, version ${manifest.version}.`,
    `sealed      ${new Date(manifest.sealedAt).toISOString()} by ${manifest.sealedBy}`,
    `records     ${manifest.records}, last hash ${manifest.lastHash}`,
    `files       ${Object.keys(manifest.files).length}, each with its digest`,
    `score       ${shown(total)} (measured ${shown(measured)}, declared ${shown(declared)}), ${grade ?? "no grade"}`,
    `public key  ${publicKey}`,
    ...(isTrusted ? [] : ["The key is that of the pack itself: compare it with the one that the platform published."]),
  ];
  return `${lines.join("\n")}\n`;
}
