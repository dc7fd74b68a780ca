/** The client as a web application gets it: small, without a package in it, and whole where there is no Node. */
import { createContext, runInContext } from "node:vm";
import { describe, expect, test } from "@jest/globals";
import { bundleForWeb } from "../../../testing/bundles/web-bundle.ts";

const maxGzipBytes = 25_000;
const bundle = bundleForWeb("src/client/index.ts");

describe("onsync-automation/client in a bundle", () => {
  test(`is below ${maxGzipBytes} bytes, minified and gzipped, with its checks and with no package in it`, () => {
    expect(bundle.gzipBytes).toBeLessThan(maxGzipBytes);
    expect(bundle.files.filter((file) => !file.startsWith("src/"))).toEqual([]);
  });

  test("checks and sends a message with the platform's fetch alone", async () => {
    const sent: unknown[] = [];
    const answer = { id: "msg_1", conversationId: "telegram:sara", requestId: "req_1" };
    const fetch = async (request: Request) => {
      sent.push(await request.json());
      return Response.json(answer, { status: 201 });
    };
    const web = {
      fetch,
      Request,
      URL,
      URLSearchParams,
      TextDecoder,
      TextEncoder,
      AbortController,
      crypto,
      performance,
    };
    const outcome = runInContext(
      `${bundle.code};
      const onsync = bundled.createOnSync({ apiKey: "onsync_pk_test_web", transport: bundled.fetchTransport(fetch) });
      const message = { platform: "telegram", to: "sara", messageType: "text", content: "Hi" };
      Promise.all([onsync.messages.send(message), onsync.messages.send({ ...message, content: " " }).catch(String)]);`,
      createContext({ ...web, setTimeout, clearTimeout }),
    );
    expect(JSON.parse(JSON.stringify(await outcome))).toEqual([
      expect.objectContaining({ id: "msg_1" }),
      "ValidationError: content: must not be blank: there is nothing to read in it",
    ]);
    expect(sent).toEqual([expect.objectContaining({ content: "Hi", messageType: "text" })]);
  });
});
