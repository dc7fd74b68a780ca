/** What the console's Import page is answered: its plan, and its run. */
import { Buffer } from "node:buffer";
import { describe, expect, test } from "@jest/globals";
import { maxFileBytes } from "../../../../cli/start/imports/uploaded-file.ts";
import {
  ask,
  fetchConsole,
  filesIn,
  finished,
  people,
  rowsOf,
  started,
  startForEachTest,
  temporary,
  upload,
} from "./import-page.ts";

startForEachTest();

describe("the plan", () => {
  test("is there with the file: columns with what stands in them, rows that are not valid, groups, requests", async () => {
    const { status, import: found } = await upload(people);
    expect(status).toBe(201);
    expect(found).toMatchObject({ state: "ready", run: null, file: { name: "contacts.csv" } });
    expect(found.columns).toEqual([
      { name: "First Name", target: "firstName", samples: ["Sara", "Ali", "Eve"] },
      { name: "Mobile", target: "phone", samples: ["050 000 0000", "12", "+971511111111"] },
      { name: "Company", target: "-", samples: ["ACME"] },
    ]);
    expect(found.plan).toMatchObject({ rows: 4, valid: 2, invalid: 2, held: 2, requests: 0 });
    expect(found.plan?.clusters).toEqual([{ lines: [4, 5], more: 0, fields: ["phone"] }]);
  });

  test("changes with what is said of columns, country, duplicates, tags and budget", async () => {
    await upload(people);
    const change = { columns: { Company: "properties.Company" }, country: "AE", onDuplicate: "first", budget: 20 };
    const { import: found } = await ask("PATCH", "", change);
    expect(found.columns.map(({ target }) => target)).toEqual(["firstName", "phone", "properties.Company"]);
    expect(found.plan).toMatchObject({ valid: 3, invalid: 1, held: 1, requests: 2 });
    expect(found.settings).toEqual({ country: "AE", onDuplicate: "first", budget: 20, tags: "keep" });
    expect(found).toMatchObject({ hourly: { limit: 1000, allowed: 200 } });
    const later = await ask("PATCH", "", { tags: "add" });
    expect(later.import.settings).toMatchObject({ country: "AE", onDuplicate: "first", tags: "add" });
  });

  test("names the setting that is wrong, and stays as it was", async () => {
    await upload(people);
    const country = await ask("PATCH", "", { country: "Atlantis" });
    expect(country).toMatchObject({ status: 400, error: { details: [{ path: ["country"] }] } });
    const column = await ask("PATCH", "", { columns: { Company: "shoe size" } });
    expect(column).toMatchObject({ status: 400, error: { details: [{ path: ["columns"] }] } });
    expect((await ask("PATCH", "", { budget: 0 })).status).toBe(400);
    expect((await ask("PATCH", "", { columns: { Company: "properties.__proto__" } })).status).toBe(400);
    expect((await ask("GET")).import.settings).toMatchObject({ country: "", budget: 60 });
  });

  test("of a file without identifiers says so, until a column is said to be one", async () => {
    const { import: found } = await upload("A,B\nSara,+971500000001\n");
    expect(found.plan).toBeNull();
    expect((await ask("POST", "/start")).status).toBe(400);
    expect((await ask("PATCH", "", { columns: { B: "phone" } })).import.plan).toMatchObject({ requests: 1 });
  });

  test.each([
    ["an Excel workbook", "PK\u0003\u0004rest", "save its sheet as “CSV UTF-8”"],
    ["nothing", "", "empty"],
    ["a quote that is never closed", 'Phone\n"+971500000001\n', "Line 2"],
    ["text of another encoding", Buffer.from("Name,Phone\nM\xfcller,+971500000001\n", "latin1"), "not UTF-8"],
  ])("of %s is refused with the fix, and no file of it is left", async (_what, bytes, says) => {
    const { status, error } = await upload(bytes);
    expect({ status, message: error.message }).toEqual({ status: 400, message: expect.stringContaining(says) });
    expect(error.message).not.toContain(temporary);
    expect((await ask("GET")).import).toBeNull();
    expect(filesIn(temporary).filter((path) => path.endsWith("/file"))).toEqual([]);
  });

  test("of a file that is too large is refused, and no file of it is left", async () => {
    const { status, error } = await upload(Buffer.alloc(maxFileBytes + 1, "a"));
    expect(status).toBe(413);
    expect(error.message).toContain("larger than 64 MiB: `onsync import contacts FILE`");
    expect(filesIn(temporary).filter((path) => path.endsWith("/file"))).toEqual([]);
  });

  test("takes a file alone, of no form and no page elsewhere", async () => {
    expect((await ask("POST", "?name=x", { not: "a file" })).status).toBe(415);
    expect((await ask("POST", "", "Phone\n+971500000001\n")).status).toBe(400);
  });
});

describe("a run", () => {
  test("creates and updates the org's contacts, and tells what it refused", async () => {
    await upload(people);
    await ask("PATCH", "", { country: "AE" });
    await ask("POST", "/start");
    const { state, run } = await finished();
    expect(state).toBe("done");
    // Sara is in the made-up data.
    expect(run).toMatchObject({ created: 0, updated: 1, unchanged: 0, refused: 3, left: 0, lost: 0, failure: null });
    expect(run?.refusals.map(({ line, field }) => [line, field])).toEqual([
      [3, "phone"],
      [4, "phone"],
      [5, "phone"],
    ]);
    const found = await started.get(`/v1/contacts?phone=${encodeURIComponent("+971500000000")}`);
    expect(await found.json()).toMatchObject({ data: [{ firstName: "Sara" }] });
  });

  test("leaves a file of the refused rows that can be mended and imported, and rows that were sent are not sent again", async () => {
    await upload("Name,Phone\nAli,12\nEve,+971511111111\n", "my list.csv");
    await ask("POST", "/start");
    await finished();
    const { name, text } = await ask("GET", "/refused");
    expect(name).toBe("my list.refused.csv");
    expect(text).toMatch(/^"Name","Phone","line","field","reason","requestId"\r\n"Ali","12","2","phone",/);
    await upload(text.replace('"12"', '"+971522222222"'), name);
    await ask("POST", "/start");
    expect((await finished()).run).toMatchObject({ created: 1, refused: 0 });
    const again = await upload("Name,Phone\nAli,+971522222222\nEve,+971511111111\n");
    expect(again.import.plan).toMatchObject({ unchanged: 2, requests: 0 });
  });

  test("is stopped, told as it is, and goes on without sending a row twice", async () => {
    await started.post("/_control/faults", { latencyMs: 20, path: "/v1/contacts" });
    await upload(rowsOf(40));
    await ask("POST", "/start");
    expect((await ask("POST", "/start")).error.message).toContain("running already");
    expect((await ask("PATCH", "", { budget: 10 })).error.message).toContain("stop it first");
    expect((await upload(people)).error.message).toContain("stop it first");
    const stopped = (await ask("POST", "/stop")).import;
    expect(stopped.state).toBe("stopped");
    expect((await ask("GET", "/refused")).status).toBe(404);
    await ask("POST", "/start");
    expect((await finished()).run).toMatchObject({ created: 40, lost: 0, left: 0 });
    const requests = (await (await fetchConsole("requests")).json()) as { data: { method: string; path: string }[] };
    expect(requests.data.filter(({ method, path }) => method === "POST" && path === "/v1/contacts")).toHaveLength(40);
  });

  test("that OnSync refuses says why, and goes on when that is mended", async () => {
    const { id } = (await (await started.post("/_control/faults", { status: 401, path: "/v1/contacts" })).json()) as {
      id: string;
    };
    await upload(rowsOf(3));
    await ask("POST", "/start");
    const failed = await finished();
    expect({ state: failed.state, message: failed.run?.failure?.message }).toEqual({
      state: "failed",
      message: expect.any(String),
    });
    const { api } = started.site;
    await fetch(`${started.origin}/_control/faults/${id}`, {
      method: "DELETE",
      headers: { Authorization: `Bearer ${api.embedded ? api.controlToken : ""}` },
    });
    await ask("POST", "/start");
    expect(await finished()).toMatchObject({ state: "done", run: { created: 3, refused: 0 } });
  });

  test("is the org's that is looked at: with a key of its own, which ends with it", async () => {
    const made = (await (await started.post("/_control/orgs", { name: "Other" })).json()) as { id: string };
    const query = `orgId=${made.id}`;
    await upload(rowsOf(2), "contacts.csv", `&${query}`);
    expect((await ask("GET")).import).toBeNull();
    await ask("POST", `/start?${query}`);
    expect((await finished(`?${query}`)).run).toMatchObject({ created: 2 });
    const contacts = (await (await fetchConsole(`contacts?${query}`)).json()) as { data: unknown[] };
    expect(contacts.data).toHaveLength(2);
    const keys = (await (await fetchConsole(`keys?${query}`)).json()) as { data: { revokedAt: string | null }[] };
    expect(keys.data.map(({ revokedAt }) => revokedAt !== null)).toEqual([true]);
  });
});
