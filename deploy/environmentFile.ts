/** Variables of docker-compose.yml that hold a secret. */
export const secretVariables = ["INFLUXDB_PASSWORD", "INFLUXDB_TOKEN"] as const;

/** The file's text with a random value for each secret variable that it does not set; null where it sets all. */
export function withSecrets(text: string, makeSecret: () => string): string | null {
  const set = new Set([...text.matchAll(/^\s*([A-Z_]+)=\S/gm)].map((match) => match[1]));
  const missing = secretVariables.filter((name) => !set.has(name));
  if (missing.length === 0) return null;
  const gap = text === "" || text.endsWith("\n") ? "" : "\n";
  return `${text}${gap}${missing.map((name) => `${name}=${makeSecret()}\n`).join("")}`;
}
