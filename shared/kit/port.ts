import { createServer } from "node:net";

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });

/** `wanted`, or the next port above it on which nothing listens on loopback. */
export async function portNear(wanted: number): Promise<number> {
  for (let port = wanted; port < 65_536; port++) {
    if (await isFree(port)) return port;
  }
  return 0;
}
