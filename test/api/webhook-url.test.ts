/** Webhook addresses: taken exactly where an HTTP client would call them. */
import { expect, test } from "@jest/globals";
import { WebhookUrl } from "../../src/api/index.ts";

/** Whether the platform's own `fetch` would call the address. Nothing leaves: the request ends where it would be sent. */
async function isCalled(url: string): Promise<boolean> {
  let called = false;
  const dispatcher = {
    dispatch: () => {
      called = true;
      throw new Error("not sent");
    },
  };
  await fetch(url, { dispatcher, method: "POST" } as unknown as RequestInit).catch(() => {});
  return called;
}

test("every port up to the last one that fetch blocks, and some beyond: taken where fetch calls it", async () => {
  const wrong: number[] = [];
  for (let port = 1; port <= 10_200; port += 1) {
    const url = `http://127.0.0.1:${port}/hooks`;
    if (WebhookUrl.safeParse(url).success !== (await isCalled(url))) wrong.push(port);
  }
  expect(wrong).toEqual([]);
});

// Port 0 is one that fetch would try, and that nobody can listen on.
test.each([
  "http://127.0.0.1:0/",
  "https://user:pw@example.com/",
  "https://user@example.com/",
  "https://:pw@example.com/",
])("%s is refused", (url) => expect(WebhookUrl.safeParse(url).success).toBe(false));
test.each([
  "https://example.com/@path",
  "https://example.com/?to=a@b.c",
  "https://example.com:443/",
  "http://[::1]:8080/",
])("%s is taken", (url) => expect(WebhookUrl.safeParse(url).success).toBe(true));
