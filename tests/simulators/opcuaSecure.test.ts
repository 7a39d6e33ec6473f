import { join } from "node:path";
import { expect, test } from "vitest";
import { systemClock } from "#shared/kit/clock.ts";
import { parseCommand } from "#shared/kit/command.ts";
import { silentLog } from "#shared/kit/log.ts";
import { acceptHost, readTrustList } from "../../gateway/drivers/opcua/security/trustList.ts";
import { command, wantedOf } from "../../simulators/command.ts";
import { serve } from "../../simulators/serve.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { gatewayIn } from "../gateway/opcuaSecurityBench.ts";
import { signal } from "./rig.ts";

function wantedBy(args: readonly string[]) {
  const parsed = parseCommand(command, args, {});
  if (parsed === "help") throw new Error("no help was asked for");
  return wantedOf(parsed);
}

test("simulate --secure: a gateway that trusts the simulator reads it encrypted, and openly as well", async () => {
  await using folder = await temporaryFolder();
  const wanted = wantedBy(["coating", "--secure", "--pki", join(folder.path, "pki")]);
  const signals = [signal("temperature")];
  await using faces = await serve(wanted, { opcua: signals, modbus: [] }, { clock: systemClock, log: silentLog });
  const port = Number(new URL(faces.opcua.endpoint.replace("opc.tcp:", "http:")).port);
  const gateway = gatewayIn(join(folder.path, "gateway"));
  await gateway.meet(port);
  // The simulator's certificate names the machine, not its loopback address: the refusal prints this as a command.
  for (const { thumbprint } of (await readTrustList(gateway.folder)).trusted) {
    await acceptHost(gateway.folder, thumbprint, "127.0.0.1");
  }
  for (const security of ["Basic256Sha256", "Aes128_Sha256_RsaOaep", "Aes256_Sha256_RsaPss", "none"] as const) {
    const open = await gateway.open(port, { security });
    expect(open.session.endpoint.securityPolicyUri).toMatch(
      security === "none" ? /#None$/ : new RegExp(`#${security}$`),
    );
    await open[Symbol.asyncDispose]();
  }
});

test("simulate does not disturb what it cannot read", () => {
  expect(() => wantedBy(["coating", "--secure", "--scenario", "x.yaml"])).toThrow(
    "--scenario disturbs what it can read",
  );
});
