/** A real browser in front of a real server: what the console's tests look at. */
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "@jest/globals";
import { type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { createReference, type Reference, type ReferenceOptions } from "../../../../reference/index.ts";

export const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";

const quiet = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** What went wrong in a page, and what it asked for: each test's end looks at both. */
export type Watched = { page: Page; errors: string[]; requests: string[] };

export type Browser = {
  open(options?: BrowserContextOptions): Promise<Watched>;
  close(): Promise<void>;
};

/**
 * A browser with a user-data folder of its own, gone afterwards.
 * @param more command-line arguments of Chromium
 */
export async function launch(...more: string[]): Promise<Browser> {
  const folder = mkdtempSync(join(tmpdir(), "onsync-browser-"));
  // Chromium writes beside its profile, too; all of it goes with the folder.
  const env = { ...process.env, HOME: folder, XDG_CONFIG_HOME: folder, XDG_CACHE_HOME: folder };
  const browser = await chromium.launch({ executablePath, args: [...quiet, ...more], env });
  return {
    open: async (options = {}) => {
      const context = await browser.newContext({
        viewport: { width: 1280, height: 800 },
        locale: "en-GB",
        timezoneId: "UTC",
        reducedMotion: "reduce",
        ...options,
      });
      context.setDefaultTimeout(10_000);
      const page = await context.newPage();
      const errors: string[] = [];
      const requests: string[] = [];
      page.on("pageerror", (error) => errors.push(error.message));
      page.on("console", (message) => {
        // A refused request is the server's to answer for, and the page's to explain.
        if (message.type() === "error" && !/Failed to load resource/.test(message.text())) errors.push(message.text());
      });
      page.on("dialog", (dialog) => {
        errors.push(`a script opened a dialog: ${dialog.message()}`);
        void dialog.dismiss();
      });
      page.on("request", (request) => requests.push(request.url()));
      return { page, errors, requests };
    },
    close: async () => {
      await browser.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const drawnWithinMs = 10_000;

/** Asks again until it holds: a page is drawn some time after it was told. */
export async function eventually(check: () => Promise<void>): Promise<void> {
  const end = Date.now() + drawnWithinMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > end) throw error;
      await delay(25);
    }
  }
}

/** Nothing failed in the page, and it asked its own server only. */
export function expectCalm({ errors, requests }: Watched, origin: string): void {
  expect(errors).toEqual([]);
  expect(requests.filter((url) => !url.startsWith(`${origin}/`) && !url.startsWith("data:"))).toEqual([]);
}

export type Served = { reference: Reference; origin: string; at(hash: string): string; close(): Promise<void> };

/** With the demo data, unless `seed` is null. */
export async function serve({
  seed = "demo",
  ...options
}: Omit<ReferenceOptions, "seed"> & { seed?: "demo" | null } = {}): Promise<Served> {
  const reference = createReference({ control: true, ...(seed && { seed }), ...options });
  const { origin } = await reference.listen();
  return { reference, origin, at: (hash) => `${origin}/#${hash}`, close: () => reference.close() };
}

/** What the console's own page is told, asked for by a program with the control token. */
export async function readConsole({ origin, reference }: Served, path: string): Promise<unknown> {
  const headers = { Authorization: `Bearer ${reference.controlToken}` };
  return (await fetch(`${origin}/_console/${path}`, { headers })).json();
}

/** For each test of a file a console with the demo data and a page of its own, which must have stayed calm at its end. */
export function consoleOfEach(options?: Parameters<typeof serve>[0]): { served: Served; watched: Watched } {
  const each = {} as { served: Served; watched: Watched };
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    each.served = await serve(options);
    each.watched = await browser.open();
  });
  afterEach(async () => {
    await each.watched.page.context().close();
    await each.served.close();
    expectCalm(each.watched, each.served.origin);
  });
  return each;
}

export type Received = { headers: IncomingHttpHeaders; body: string };

/** A webhook endpoint that answers what it is told to, 200 unless told otherwise. */
export async function endpoint() {
  const received: Received[] = [];
  const state = { status: 200, text: '{"received":true}' };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    received.push({ headers: request.headers, body: Buffer.concat(chunks).toString("utf8") });
    response.writeHead(state.status, { "Content-Type": "application/json" });
    response.end(state.text);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`,
    received,
    state,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
