import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { opcua } from "../../gateway/drivers/opcua/module.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { issue, makeKey, serverUri, writeFiles } from "./opcuaCertificates.ts";
import { expectWithout, gatewayIn, never, securedDevice } from "./opcuaSecurityBench.ts";
import { missing, type Peer, startPeer } from "./pythonPeer.ts";

const noOpcua = missing("asyncua");
const password = "Geheim-am-Reaktor";
const user = { type: "password", name: "operator", password } as const;

describe.skipIf(noOpcua)(
  `asyncua with Basic256Sha256, SignAndEncrypt and one user${noOpcua ? ` (${noOpcua})` : ""}`,
  () => {
    let folder: Awaited<ReturnType<typeof temporaryFolder>>;
    let peer: Peer;
    beforeAll(async () => {
      folder = await temporaryFolder();
      const { certificateFile, privateKeyFile } = await writeFiles(folder.path, "server", await issue(makeKey()));
      const more = [certificateFile, privateKeyFile, serverUri, user.name, password];
      peer = await startPeer("opcuaSecurePeer.py", 0, more);
    });
    afterAll(async () => {
      await peer[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    });

    test("is a stranger first, then lets its user in; its own clock is read over the encrypted channel", async () => {
      const gateway = gatewayIn(folder.path);
      await gateway.meet(peer.port, { user });
      await using driver = (await opcua.load(gateway.env)).driver(securedDevice(peer.port, { user }));
      await driver.connect(never);
      const [reading] = await driver.read([{ address: { node: "i=2258" }, report: "change" }], never);
      expect(reading?.quality).toBe("good");
    });

    test("refuses a wrong password, anonymous, another policy and none; the password stands nowhere", async () => {
      const gateway = gatewayIn(folder.path);
      const wrong = `${password}-typo`;
      const error = await gateway.refused(peer.port, { user: { ...user, password: wrong } });
      expect(error).toMatchObject({ code: "FORBIDDEN", detail: expect.stringContaining("password of user operator") });
      expectWithout(wrong, error, gateway.lines);
      const anonymous = await gateway.refused(peer.port);
      expect(anonymous).toMatchObject({ code: "FORBIDDEN", detail: expect.stringContaining("only password") });
      for (const security of ["Aes128_Sha256_RsaOaep", "none"] as const) {
        const { code, detail } = await gateway.refused(peer.port, { security });
        expect(code).toBe("NOT_CONNECTED");
        expect(detail).toMatch(/does not offer .* only Basic256Sha256 SignAndEncrypt/);
      }
    });
  },
);
