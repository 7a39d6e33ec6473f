import { existsSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { hours, instant, minutes, seconds } from "#shared/model/time.ts";
import { openAccounts } from "../../dashboard/server/accounts/accounts.ts";
import { ensureFirstUser, firstUserName } from "../../dashboard/server/accounts/firstUser.ts";
import { lockFor } from "../../dashboard/server/accounts/lockout.ts";
import { createPasswords } from "../../dashboard/server/accounts/password.ts";
import { ManualClock } from "../fakes/clock.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { cheap, marked, startServer, type TestServer } from "./server.ts";

const login = (server: TestServer, user: string, password: string, remoteAddress = "10.0.0.1") =>
  server.app.inject({ method: "POST", url: "/api/login", headers: marked, remoteAddress, payload: { user, password } });
const session = (server: TestServer, cookie: string) => server.app.inject({ url: "/api/session", headers: { cookie } });
const cookieIn = (reply: { headers: Record<string, unknown> }) =>
  String(reply.headers["set-cookie"]).split(";")[0] ?? "";

test("the first start makes one user with a random password, later starts none", async () => {
  await using server = await startServer();
  const file = join(server.folder, "secrets/first-user.json");
  const password = await ensureFirstUser(server.accounts, file);
  expect(JSON.parse(await readFile(file, "utf8"))).toEqual({ username: firstUserName, password });
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await ensureFirstUser(server.accounts, file)).toBeNull();

  const reply = await login(server, firstUserName, password ?? "");
  expect(reply.statusCode).toBe(200);
  expect(reply.json()).toMatchObject({ user: firstUserName, role: "admin", initialPassword: true, lastLoginAt: null });
});

test("changing the first password removes the file that told it", async () => {
  await using server = await startServer();
  const file = join(server.folder, "secrets/first-user.json");
  const current = (await ensureFirstUser(server.accounts, file)) ?? "";
  const cookie = cookieIn(await login(server, firstUserName, current));
  const other = cookieIn(await login(server, firstUserName, current));
  const change = (payload: object) =>
    server.app.inject({ method: "POST", url: "/api/password", headers: { ...marked, cookie }, payload });

  expect((await change({ current: "wrong", next: "long enough, is it not" })).statusCode).toBe(403);
  expect((await change({ current, next: "short" })).statusCode).toBe(400);
  expect(existsSync(file)).toBe(true);
  expect((await change({ current, next: "long enough, is it not" })).statusCode).toBe(204);
  expect(existsSync(file)).toBe(false);
  expect((await session(server, cookie)).json()).toMatchObject({ initialPassword: false });
  expect((await session(server, other)).statusCode).toBe(401);
  expect((await login(server, firstUserName, current)).statusCode).toBe(401);
});

test("the session cookie is out of reach of scripts and other sites, and stands for no session after logout", async () => {
  await using server = await startServer();
  const reply = await login(server, "ann", await server.accounts.createUser("ann", "viewer"));
  expect(reply.headers["set-cookie"]).toMatch(
    /^__Host-pilotline=[\w-]{32};.*Path=\/; HttpOnly; Secure; SameSite=Strict$/,
  );
  const cookie = cookieIn(reply);
  expect((await session(server, cookie)).statusCode).toBe(200);
  const out = await server.app.inject({ method: "POST", url: "/api/logout", headers: { ...marked, cookie } });
  expect(out.statusCode).toBe(204);
  expect((await session(server, cookie)).statusCode).toBe(401);
});

test("an unknown user and a wrong password get the same answer", async () => {
  await using server = await startServer();
  await server.accounts.createUser("ann", "viewer");
  const wrong = await login(server, "ann", "guess");
  const unknown = await login(server, "nobody", "guess");
  expect(wrong.statusCode).toBe(401);
  expect([unknown.statusCode, unknown.body]).toEqual([wrong.statusCode, wrong.body]);
});

test("guessing locks a name for one address, not for the others, and ends by itself", async () => {
  const clock = new ManualClock(instant(1_000_000));
  await using server = await startServer({ clock });
  const password = await server.accounts.createUser("ann", "safety");
  for (let i = 0; i < 5; i++) expect((await login(server, "ann", `guess ${i}`)).statusCode).toBe(401);
  const locked = await login(server, "ann", password);
  expect(locked.statusCode).toBe(429);
  expect(locked.json()).toMatchObject({ error: "FORBIDDEN", retryAfterMs: 30_000 });
  expect((await login(server, "ann", password, "10.0.0.2")).statusCode).toBe(200);
  await clock.advance(seconds(30));
  expect((await login(server, "ann", password)).statusCode).toBe(200);
});

test("locks grow to a limit", () => {
  expect([4, 5, 6, 50].map(lockFor)).toEqual([0, seconds(30), seconds(60), minutes(15)]);
});

test("one address may try only so often, whatever the names", async () => {
  await using server = await startServer();
  const statuses: number[] = [];
  for (let i = 0; i < 11; i++) statuses.push((await login(server, `user${i}`, "guess")).statusCode);
  expect(statuses.slice(0, 10)).toEqual(Array(10).fill(401));
  expect(statuses[10]).toBe(429);
});

test.each([
  ["engineer", 7],
  ["viewer", 90],
] as const)("a session of the role %s ends when idle, and in any case after %i days", async (role, days) => {
  const clock = new ManualClock(instant(1_000_000));
  await using folder = await temporaryFolder();
  using accounts = openAccounts(join(folder.path, "accounts.db"), clock, cheap);
  const password = await accounts.createUser("ann", role);
  const signIn = async (): Promise<string> => {
    const outcome = await accounts.login("ann", password, "10.0.0.1");
    return outcome.kind === "in" ? outcome.token : outcome.kind;
  };
  const used = await signIn();
  for (let hour = 0; hour < days * 24 - 1; hour++) {
    await clock.advance(hours(1));
    expect(accounts.sessionOf(used)).toMatchObject({ user: "ann" });
  }
  await clock.advance(hours(1));
  expect(accounts.sessionOf(used)).toBeNull();

  const idle = await signIn();
  await clock.advance(hours(12));
  expect(accounts.sessionOf(idle)).toBeNull();
});

test("passwords are salted, normalised, and checked at the cost that they were made with", async () => {
  const passwords = createPasswords(cheap);
  const [one, two] = [await passwords.hash("Pass Å wörd"), await passwords.hash("Pass Å wörd")];
  expect(one).not.toBe(two);
  expect(await createPasswords({ log2N: 5, r: 8, p: 1 }).matches("Pass A\u030A wo\u0308rd", one)).toBe(true);
  expect(await passwords.matches("pass å wörd", one)).toBe(false);
});

test("the audit log tells who did what, never a secret, and cannot be changed", async () => {
  await using server = await startServer();
  const password = await server.accounts.createUser("ann", "admin");
  await login(server, "ann", "guess");
  const cookie = cookieIn(await login(server, "ann", password));
  const reply = await server.app.inject({ url: "/api/audit", headers: { cookie } });
  expect(reply.json().entries).toMatchObject([
    { user: "ann", address: "10.0.0.1", action: "login", outcome: "done" },
    { user: "ann", address: "10.0.0.1", action: "login", outcome: "refused", detail: "wrong" },
  ]);
  expect(reply.body).not.toContain(password);
  const { DatabaseSync } = await import("node:sqlite");
  using database = new DatabaseSync(join(server.folder, "accounts.db"));
  expect(() => database.exec("DELETE FROM audit")).toThrow(/only ever appended/);
  expect(() => database.exec("UPDATE audit SET user = 'bob'")).toThrow(/only ever appended/);
});
