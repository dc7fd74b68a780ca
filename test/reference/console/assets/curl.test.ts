/** "Copy as curl": what is pasted into a shell makes the very request. */
import { execFile } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";
import { expect, test } from "@jest/globals";
import { importAsset } from "./import-asset.ts";

type Call = { method: string; url: string; headers?: [string, string][]; body?: string | null; key?: string | null };
const { toCurl } = await importAsset<{ toCurl: (call: Call) => string }>("requests/curl.js");

/** What a shell, curl or a browser could take for something else. */
const bodies = [
  '{"content":"It\'s $5 – `id` \\"now\\" !! \\n $(id) %s"}',
  "@/etc/hostname",
  "line one\nline two\\\n'quoted' and \"double\"",
  "{}",
  "مرحباً 👋🏽 \u200f",
  "a=b&c=d%20",
  "-H evil: yes",
  // What a terminal obeys: interrupt, the end of a bracketed paste, completion, an escape in eight bits.
  "\u0003\necho it's ran\n",
  "\u001b[201~\r\necho ran\n\u009b201~\u007f\u0015\\n",
  "\tindented\t\t",
];

test("pasted into bash, it sends the same method, address, headers and body, with the key of the shell", async () => {
  const received: { method?: string | undefined; url?: string | undefined; headers: object; body: string }[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method, url, headers } = request;
    received.push({ method, url, headers, body: Buffer.concat(chunks).toString("utf8") });
    response.end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const path = "/v1/contacts?query=[a-c]{1,2}&x='$HOME'%20";
  const headers: [string, string][] = [
    ["content-type", "application/json"],
    ["x-note", "it's `odd` $HOME"],
    ["x-empty", ""],
    ["authorization", "Bearer onsync_pk_test_kkkk…"],
    ["sec-fetch-mode", "cors"],
  ];
  const calls = bodies.map((body) => toCurl({ method: "POST", url: origin + path, headers, body }));
  for (const call of calls) expect(call).not.toMatch(/[^\P{Cc}\n]/u);
  const keyless = toCurl({ method: "DELETE", url: `${origin}/v1/webhooks/wh_1`, key: null });
  const env = { PATH: process.env.PATH, HOME: "/nowhere", ONSYNC_API_KEY: "onsync_pk_test_ofTheShell" };
  const quiet = [...calls, keyless].map((call) => call.replace("curl ", "curl --silent --show-error --noproxy '*' "));
  await promisify(execFile)("bash", ["-euc", quiet.join("\n")], { env });
  server.close();

  expect(received).toHaveLength(bodies.length + 1);
  for (const [index, body] of bodies.entries()) {
    expect(received[index]).toMatchObject({
      method: "POST",
      url: path,
      body,
      headers: {
        authorization: "Bearer onsync_pk_test_ofTheShell",
        "content-type": "application/json",
        "x-note": "it's `odd` $HOME",
        "x-empty": "",
      },
    });
    expect(received[index]?.headers).not.toHaveProperty("sec-fetch-mode");
  }
  expect(received.at(-1)).toMatchObject({ method: "DELETE", url: "/v1/webhooks/wh_1", body: "" });
  expect(received.at(-1)?.headers).not.toHaveProperty("authorization");
});
