/** Where an assistant may have events sent. */
import { expect, test } from "@jest/globals";
import { findWebhookUrlProblem } from "../../../mcp/safety/webhook-url.ts";
import { samples } from "../../../src/api/index.ts";
import { connect, envelope, scripted } from "../session.ts";

test.each([
  "https://example.com/hook",
  "https://hooks.example.co.uk:8443/a?b=c",
  "https://8.8.8.8/",
  "https://[2606:4700::1111]/",
])("a webhook may be registered for %s", (url) => {
  expect(findWebhookUrlProblem(url)).toBeUndefined();
});

test.each([
  "http://example.com/",
  "https://localhost/",
  "https://a.localhost./",
  "https://printer.local/",
  "https://db.internal/",
  "https://intranet/",
  "https://127.0.0.1/",
  "https://2130706433/",
  "https://0x7f.1/",
  "https://10.1.2.3/",
  "https://172.31.0.1/",
  "https://192.168.1.1/",
  "https://169.254.169.254/latest/meta-data",
  "https://100.64.0.1/",
  "https://0.0.0.0/",
  "https://224.0.0.1/",
  "https://[::1]/",
  "https://[::ffff:127.0.0.1]/",
  "https://[fd00::1]/",
  "https://[fe80::1]/",
  "https://[2001:db8::1]/",
  "https://user:pass@example.com/",
])("a webhook for %s is refused", (url) => {
  expect(findWebhookUrlProblem(url)).toMatch(/^url must/);
});

test("a host that the operator allows is taken, over http too", async () => {
  const registered: string[] = [];
  const onsync = scripted({
    webhooks: {
      create: async (input) => {
        registered.push(input.url);
        return { ...samples.createdWebhook, ...envelope };
      },
    },
  });
  await using session = await connect({ onsync, safety: { toolsets: ["webhooks"], webhookHosts: ["127.0.0.1:4000"] } });
  const create = (url: string) => session.call("create_webhook", { url, events: ["message.created"] });
  expect((await create("http://127.0.0.1:4001/hooks")).error?.code).toBe("url_not_allowed");
  expect((await create("http://127.0.0.1:4000/hooks")).isError).toBe(false);
  expect(registered).toEqual(["http://127.0.0.1:4000/hooks"]);
});
