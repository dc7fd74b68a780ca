/** Answers that break on the way, as `fetch` shows them in process. */
import { describe, expect, test } from "@jest/globals";
import { still } from "../caller.ts";
import { contact, save, saved } from "./saving.ts";

const kinds = ["reset", "truncate", "malformed", "drop_response"] as const;

describe("broken answers, in process: the work is done, then the answer breaks", () => {
  const fetchFailed = (code: string) =>
    expect.objectContaining({ name: "TypeError", cause: expect.objectContaining({ code }) });

  test("drop_response: fetch rejects", async () => {
    await using api = still();
    await api.reference.control.faults.add({ kind: "drop_response", times: 1 });
    await expect(save(api)).rejects.toEqual(fetchFailed("ECONNRESET"));
    expect(await saved(api)).toBe(1);
  });

  test.each([
    ["reset", "ECONNRESET"],
    ["truncate", "UND_ERR_SOCKET"],
  ] as const)("%s: the body fails midway", async (kind, code) => {
    await using api = still();
    await api.reference.control.faults.add({ kind, times: 1 });
    const response = await api.reference.fetch(
      new Request("http://127.0.0.1/v1/contacts", {
        method: "POST",
        headers: { Authorization: `Bearer ${api.reference.key}`, "Content-Type": "application/json" },
        body: JSON.stringify(contact),
      }),
    );
    expect(response.status).toBe(201);
    let text = "";
    const reading = (async () => {
      for await (const chunk of response.body ?? []) text += new TextDecoder().decode(chunk);
    })();
    await expect(reading).rejects.toEqual(fetchFailed(code));
    expect(text).toMatch(/^\{"id":"contact_/);
    expect(await saved(api)).toBe(1);
  });

  test("malformed: a whole answer that is not JSON", async () => {
    await using api = still();
    await api.reference.control.faults.add({ kind: "malformed", times: 1 });
    const answer = await save(api);
    expect(answer.status).toBe(201);
    expect(answer.headers.get("content-type")).toBe("application/json");
    expect(answer.body).toBeUndefined();
    expect(answer.text).toMatch(/^\{"id":"contact_/);
    expect(await saved(api)).toBe(1);
  });

  test.each(kinds)("%s breaks errors too", async (kind) => {
    await using api = still();
    await api.reference.control.faults.add({ kind, times: 1 });
    await expect(
      api.call("GET", "/v1/contacts/none").then(({ body }) => {
        if (body === undefined) throw new Error("malformed");
      }),
    ).rejects.toThrow();
  });
});
