/** A call that the client does not want any more. */
import { expect, test } from "@jest/globals";
import { connect, scripted } from "../session.ts";

test("a call that the client cancels is ended", async () => {
  const reached = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<unknown>();
  const logged: Record<string, unknown>[] = [];
  const onsync = scripted({
    contacts: {
      get: (_id, options) =>
        new Promise((_resolve, reject) => {
          reached.resolve();
          options?.signal?.addEventListener("abort", () => {
            reject(options.signal?.reason);
            ended.resolve(undefined);
          });
        }),
    },
  });
  await using session = await connect({ onsync, log: (_level, _message, fields) => logged.push(fields) });
  const cancel = new AbortController();
  const params = { name: "get_contact", arguments: { contactId: "contact_1" } };
  const call = session.client.callTool(params, undefined, { signal: cancel.signal });
  await reached.promise;
  cancel.abort("not needed any more");
  await expect(call).rejects.toThrow("not needed any more");
  await ended.promise;
  // The next answer comes after the log of the cancelled call.
  await session.client.listTools();
  expect(logged).toMatchObject([{ tool: "get_contact", code: "cancelled" }]);
});
