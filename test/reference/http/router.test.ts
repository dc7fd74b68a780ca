/** Which route a path fits: how paths are compared, and how their parameters are read. */
import { afterAll, describe, expect, test } from "@jest/globals";
import { createRouter } from "../../../reference/http/router.ts";
import { createReference } from "../../../reference/index.ts";

const find = createRouter([
  { method: "POST", path: "/contacts" },
  { method: "GET", path: "/contacts" },
  { method: "GET", path: "/contacts/{id}" },
  { method: "PATCH", path: "/contacts/{id}" },
  { method: "GET", path: "/conversations/{conversationId}/messages" },
]);

function summarize(path: string) {
  return find(path).map(({ route, params }) => `${route.method} ${route.path} ${JSON.stringify(params)}`);
}

describe("createRouter", () => {
  test("finds every method of a path, in the order of the table", () => {
    expect(summarize("/contacts")).toEqual(["POST /contacts {}", "GET /contacts {}"]);
    expect(summarize("/contacts/c1")).toEqual(['GET /contacts/{id} {"id":"c1"}', 'PATCH /contacts/{id} {"id":"c1"}']);
  });

  test.each([
    ["/contacts/whatsapp%3A%2B971500000000", "whatsapp:+971500000000"],
    ["/contacts/a%2Fb", "a/b"],
    ["/contacts/%252F", "%2F"],
    ["/contacts/%ZZ", "%ZZ"],
    ["/contacts/%E0%A4%A", "%E0%A4%A"],
    ["/contacts/%F0%9F%98%80", "😀"],
    ["/contacts/__proto__", "__proto__"],
    ["/contacts/..%2f..", "../.."],
    ["/contacts/:id", ":id"],
    ["/contacts/*", "*"],
    ["/contacts/a.b~c!$&'()+,;=@", "a.b~c!$&'()+,;=@"],
  ])("decodes the parameter of %s once, and leaves a malformed escape as it stands", (path, id) => {
    expect(find(path)[0]?.params).toEqual({ id });
  });

  test("takes a fixed part of the path in whatever way it is encoded", () => {
    expect(summarize("/%63ontacts")).toEqual(["POST /contacts {}", "GET /contacts {}"]);
    expect(find("/conversations/x/%6Dessages")[0]?.params).toEqual({ conversationId: "x" });
  });

  test.each([
    "",
    "/",
    "//",
    "/contacts/",
    "//contacts",
    "/contacts//",
    "/contacts/c1/",
    "/Contacts",
    "/contacts%2Fc1",
    "/conversations//messages",
    "/conversations/x/messages/",
    "/conversations/a/b/messages",
    "/*",
    "/:id",
    "/__proto__",
    "/constructor",
  ])("finds nothing for %j", (path) => {
    expect(find(path)).toEqual([]);
  });
});

describe("the API and the control API find their routes alike", () => {
  const reference = createReference({ control: true });
  afterAll(() => reference.close());

  async function call(method: string, path: string, key: string) {
    const response = await reference.fetch(
      new Request(`http://127.0.0.1${path}`, { method, headers: { authorization: `Bearer ${key}` } }),
    );
    const { error } = (await response.json()) as { error?: { code: string; message: string } };
    return { status: response.status, allow: response.headers.get("allow"), message: error?.message };
  }

  test("a path without routes is 404, a path without the method 405 with those it has", async () => {
    expect(await call("GET", "/v1/contacts/", reference.key)).toEqual({
      status: 404,
      allow: null,
      message: "There is no endpoint GET /v1/contacts/. Check the path and the base URL.",
    });
    expect(await call("GET", "/_control/clock/", reference.controlToken)).toEqual({
      status: 404,
      allow: null,
      message: "There is no endpoint GET /_control/clock/. Check the path and the base URL.",
    });
    expect(await call("PUT", "/v1/%63ontacts", reference.key)).toEqual({
      status: 405,
      allow: "POST, GET",
      message: "PUT is not a method of /v1/%63ontacts. Use POST or GET.",
    });
    expect(await call("PATCH", "/_control/%63lock", reference.controlToken)).toEqual({
      status: 405,
      allow: "GET, POST",
      message: "PATCH is not a method of this path. Use GET or POST.",
    });
  });
});
