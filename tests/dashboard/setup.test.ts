import { expect, test } from "vitest";
import { startServer } from "./server.ts";

test("a new installation tells what it has and lacks", async () => {
  await using server = await startServer();
  const cookie = await server.cookieOf("admin");
  const ask = async () => (await server.app.inject({ url: "/api/setup", headers: { cookie } })).json();
  expect(await ask()).toEqual({
    plant: { file: "plant.yaml", lines: 2, devices: 1, tags: 4 },
    devicesConnected: 0,
    initialPasswords: ["admin-0"],
    users: { viewer: 0, engineer: 0, safety: 0, admin: 1 },
    people: 0,
    isWatched: false,
    isReachable: true,
  });
  await server.accounts.createUser("ann", "safety");
  await server.accounts.createUser("bob", "viewer");
  server.accounts.changeUser("bob", { disabled: true });
  const later = await ask();
  expect(later.users).toEqual({ viewer: 0, engineer: 0, safety: 1, admin: 1 });
  expect(later.initialPasswords).toEqual(["admin-0", "ann"]);
});
