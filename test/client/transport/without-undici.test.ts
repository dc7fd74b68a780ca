/** The transports where the package undici is not installed. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, jest, test } from "@jest/globals";
import { createOnSync } from "../../../src/client/index.ts";

const root = join(import.meta.dirname, "../../..");

/** A process for which there is no undici: it prints what it got from a server of its own, and why a proxy cannot be had. */
const program = `
  import { createServer } from "node:http";
  import { once } from "node:events";
  import { registerHooks } from "node:module";
  let isBroken = false;
  registerHooks({
    resolve(specifier, context, next) {
      if (specifier === "undici" && isBroken) throw new Error("undici is broken");
      return next(specifier === "undici" ? "undici-is-not-installed" : specifier, context);
    },
  });
  const { createOnSync } = await import("./src/client/index.ts");
  const { undiciTransport } = await import("./src/client/transport/undici.ts");
  const server = createServer((request, response) => response.end(JSON.stringify({ id: request.url }))).listen(0, "127.0.0.1");
  await once(server, "listening");
  const baseUrl = "http://127.0.0.1:" + server.address().port + "/v1";
  const find = async (transport) => {
    const onsync = createOnSync({ apiKey: "onsync_pk_test_key", baseUrl, transport, maxAttempts: 1 });
    return onsync.contacts.get("contact_1").then(({ id }) => id, ({ name, message, sent }) => ({ name, message, sent }));
  };
  const direct = undiciTransport();
  const found = [await find(direct), await find(undiciTransport({ proxy: "http://127.0.0.1:1" }))];
  isBroken = true;
  console.log(JSON.stringify([...found, await find(undiciTransport())]));
  await direct.close();
  server.close();
  server.closeAllConnections();
`;

test("the transport for Node goes by the platform's fetch, says what a proxy needs, and tells other failures", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", program], {
    cwd: root,
  });
  expect(JSON.parse(stdout)).toEqual([
    "/v1/contacts/contact_1",
    {
      name: "ConnectionError",
      sent: false,
      message: expect.stringContaining("npm install undici"),
    },
    {
      name: "ConnectionError",
      sent: "unknown",
      message: expect.stringContaining("undici is broken"),
    },
  ]);
});

test("a client that is given no transport goes by the platform's fetch", async () => {
  const fetching = jest
    .spyOn(globalThis, "fetch")
    .mockImplementation(async (request) => Response.json({ id: (request as Request).url }));
  const { id } = await createOnSync({ apiKey: "onsync_pk_test_key" }).contacts.get("contact_1");
  fetching.mockRestore();
  expect(id).toBe("https://api.onsync.com/v1/contacts/contact_1");
});
