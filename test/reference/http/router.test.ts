/** Which route a path fits: how paths are compared, and how their parameters are read. */
import { afterAll, describe, expect, test } from "@jest/globals";
import { createRouter } from "../../../reference/http/router.ts";
import { createReference } from "../../../reference/index.ts";

const router = createRouter([
  { method: "POST", path: "/contacts" },
  { method: "GET", path: "/contacts" },
  { method: "GET", path: "/contacts/{id}" },
  { method: "PATCH", path: "/contacts/{id}" },
  { method: "GET", path: "/conversations/{conversationId}/messages" },
]);

const methods = ["GET", "POST", "PATCH", "PUT", "DELETE", "HEAD", "OPTIONS", "TRACE"];

function find(path: string) {
  return methods.flatMap((method) => {
    const found = router.find(method, path);
    return found ? [`${found.route.method} ${found.route.path} ${JSON.stringify(found.params)}`] : [];
  });
}

function listByPath(path: string) {
  return router.listByPath(path).map(({ method, path: pattern }) => `${method} ${pattern}`);
}

describe("createRouter", () => {
  test("finds the route of a method and a path, and no other", () => {
    expect(find("/contacts")).toEqual(["GET /contacts {}", "POST /contacts {}"]);
    expect(find("/contacts/c1")).toEqual(['GET /contacts/{id} {"id":"c1"}', 'PATCH /contacts/{id} {"id":"c1"}']);
  });

  test("lists every route of a path, in the order of the table", () => {
    expect(listByPath("/contacts")).toEqual(["POST /contacts", "GET /contacts"]);
    expect(listByPath("/contacts/c1")).toEqual(["GET /contacts/{id}", "PATCH /contacts/{id}"]);
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
    expect(router.find("GET", path)?.params).toEqual({ id });
  });

  test("takes a fixed part of the path in whatever way it is encoded", () => {
    expect(listByPath("/%63ontacts")).toEqual(["POST /contacts", "GET /contacts"]);
    expect(router.find("GET", "/conversations/x/%6Dessages")?.params).toEqual({ conversationId: "x" });
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
  ])("finds nothing for %j, by any method", (path) => {
    expect(find(path)).toEqual([]);
    expect(listByPath(path)).toEqual([]);
  });

  test("finds nothing for a method that is a name of JavaScript's own objects", () => {
    for (const method of ["__proto__", "constructor", "ALL", "toString"]) {
      expect(router.find(method, "/contacts")).toBeUndefined();
    }
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
