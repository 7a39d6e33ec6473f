import { stat } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import { randomSecret, readIfThere, secretFolder, writeFileAtomic } from "#shared/kit/files.ts";
import { createMetrics } from "#shared/kit/metrics.ts";
import { portNear } from "#shared/kit/port.ts";
import { temporaryFolder } from "../fakes/folder.ts";

test("a file is written whole, readable by its owner only, and a missing one is undefined", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "secrets", "x.json");
  expect(await readIfThere(path)).toBeUndefined();
  await writeFileAtomic(path, "one");
  await writeFileAtomic(path, "two");
  expect(await readIfThere(path)).toBe("two");
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  await secretFolder(join(folder.path, "secrets"));
  expect((await stat(join(folder.path, "secrets"))).mode & 0o777).toBe(0o700);
  expect(randomSecret()).not.toBe(randomSecret());
});

test("counters and gauges keep their labels apart and render as Prometheus text", () => {
  const metrics = createMetrics();
  const dropped = metrics.counter("gateway_samples_dropped_total", "Samples given up, by reason.");
  dropped.add(2, { reason: "outbox_full" });
  dropped.add(3, { reason: "outbox_full" });
  dropped.add(1, { reason: "refused" });
  metrics.gauge("gateway_outbox_bytes", "Bytes in the outbox.").set(7);
  expect(dropped.value({ reason: "outbox_full" })).toBe(5);
  expect(metrics.render()).toBe(
    [
      "# HELP gateway_samples_dropped_total Samples given up, by reason.",
      "# TYPE gateway_samples_dropped_total counter",
      'gateway_samples_dropped_total{reason="outbox_full"} 5',
      'gateway_samples_dropped_total{reason="refused"} 1',
      "# HELP gateway_outbox_bytes Bytes in the outbox.",
      "# TYPE gateway_outbox_bytes gauge",
      "gateway_outbox_bytes 7",
      "",
    ].join("\n"),
  );
});

test("the next free port is taken where the wanted one is not free", async () => {
  const taken = createServer();
  const port = await new Promise<number>((resolve) =>
    taken.listen(0, "127.0.0.1", () => resolve((taken.address() as { port: number }).port)),
  );
  expect(await portNear(port)).toBeGreaterThan(port);
  await new Promise((resolve) => taken.close(resolve));
  expect(await portNear(port)).toBe(port);
});
