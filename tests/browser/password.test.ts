// The dialog for the own password against the real server: its limits, its refusals, its sessions.

import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { buildPages } from "../../dashboard/build.ts";
import { startServer, type TestServer } from "../dashboard/server.ts";
import { launchChromium, noChromium } from "./chromium.ts";
import { openPage } from "./pages.ts";

const pages = fileURLToPath(new URL("../../dashboard/web/dist", import.meta.url));
const next = "a good long password";
/** Machines differ: what is awaited may take this long. */
const soon = { timeout: 8_000 };

describe.skipIf(noChromium)(`own password${noChromium ? ` (skipped: ${noChromium})` : ""}`, () => {
  let browser: Browser;
  let server: TestServer;
  let url: string;
  let current: string;
  beforeAll(async () => {
    await buildPages(() => {});
    browser = await launchChromium();
  });
  beforeEach(async () => {
    server = await startServer({ pages, publicOrigin: null });
    url = await server.listen();
    current = await server.accounts.createUser("ann", "viewer");
    return () => server[Symbol.asyncDispose]();
  });
  afterAll(() => browser?.close());

  const signIn = async (page: Page, password: string): Promise<void> => {
    await page.goto(url);
    await page.locator("#user").fill("ann");
    await page.locator("#password").fill(password);
    await page.keyboard.press("Enter");
    await page.locator(".top-bar").waitFor();
  };
  const openMenu = (page: Page) => page.getByRole("button", { name: "菜单" }).click();
  const openDialog = async (page: Page): Promise<void> => {
    await openMenu(page);
    await page.getByRole("menuitem", { name: "修改密码" }).click();
    await page.locator("#password-current").waitFor();
  };
  const fill = async (page: Page, so: string, wanted: string, repeated = wanted): Promise<void> => {
    await page.locator("#password-current").fill(so);
    await page.locator("#password-next").fill(wanted);
    await page.locator("#password-repeated").fill(repeated);
    await page.keyboard.press("Enter");
  };
  const focused = (page: Page) => page.evaluate("document.activeElement.ariaLabel || document.activeElement.id");

  test("is changed; other sessions end, the new one opens, and the hint goes", async () => {
    await using other = await openPage(browser);
    await signIn(other, current);
    await using page = await openPage(browser);
    await signIn(page, current);
    await openMenu(page);
    await page.getByRole("menuitem", { name: "仍在使用初始密码" }).click();
    await fill(page, current, next);
    await page.getByText("密码已修改").waitFor();
    await page.keyboard.press("Enter");
    await expect.poll(() => focused(page), soon).toBe("菜单");
    await openMenu(page);
    await page.getByRole("menuitem", { name: "修改密码" }).waitFor();
    expect(await page.getByText("仍在使用初始密码").count()).toBe(0);
    await page.reload();
    await page.locator(".top-bar").waitFor();

    await other.reload();
    await signIn(other, next);
    expect(await server.accounts.login("ann", current, "10.0.0.1")).toEqual({ kind: "wrong" });
  });

  test("stays where something is wrong: told in words, with the focus where the remedy lies", async () => {
    await using page = await openPage(browser);
    await signIn(page, current);
    await openDialog(page);
    expect(await focused(page)).toBe("password-current");
    const refusals = [
      { with: ["", "", ""], told: "请填写当前密码和新密码", at: "password-current" },
      { with: [current, "short", "short"], told: "至少需要 12 个字符", at: "password-next" },
      { with: [current, "x".repeat(257), "x".repeat(257)], told: "最多 256 个字符", at: "password-next" },
      { with: [current, current, current], told: "新密码与当前密码相同", at: "password-next" },
      { with: [current, next, `${next}.`], told: "两次输入的新密码不一致", at: "password-repeated" },
      { with: ["not the password", next, next], told: "当前密码错误", at: "password-current" },
    ] as const;
    for (const {
      with: [so, wanted, repeated],
      told,
      at,
    } of refusals) {
      await fill(page, so, wanted, repeated);
      await page.getByRole("alert").filter({ hasText: told }).waitFor();
      expect(await focused(page)).toBe(at);
      expect(await page.locator(`#${at}`).getAttribute("aria-invalid")).toBe("true");
    }
    await page.keyboard.press("Escape");
    await expect.poll(() => focused(page), soon).toBe("菜单");
    expect(await server.accounts.login("ann", current, "10.0.0.1")).toMatchObject({ kind: "in" });
  });

  test("is not left behind in a dialog that was closed", async () => {
    await using page = await openPage(browser);
    await signIn(page, current);
    await openDialog(page);
    await page.locator("#password-current").fill(current);
    await page.keyboard.press("Escape");
    await openDialog(page);
    expect(await page.locator("#password-current").inputValue()).toBe("");
  });

  test("a session that ended meanwhile leads to the login", async () => {
    await using page = await openPage(browser);
    await signIn(page, current);
    await openDialog(page);
    await page.context().clearCookies();
    await fill(page, current, next);
    await page.getByText("会话已结束，请重新登录。").waitFor();
  });
});
