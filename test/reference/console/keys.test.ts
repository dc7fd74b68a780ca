/** Keys as the console lists them, and the control API as it offers it. */
import { expect, test } from "@jest/globals";
import { controlRoutes } from "../../../reference/control/routes/index.ts";
import { createReference } from "../../../reference/index.ts";
import { type Body, call, start } from "../caller.ts";

test("a key has a label, and it is known when it was last used: by a good request, not by a refused one", async () => {
  let now = start;
  const reference = createReference({ control: true, clock: () => now });
  const made = await call(reference, "POST", "/_control/keys", { label: " Staging ", scopes: ["read:contacts"] });
  expect(made.body.label).toBe("Staging");
  const read = async (): Promise<Body> => (await call(reference, "GET", "/_console/keys")).body.data;
  expect((await read()).map(({ label, lastUsedAt }: Body) => [label, lastUsedAt])).toEqual(
    expect.arrayContaining([
      ["Staging", null],
      [null, null],
    ]),
  );
  const find = async () => (await read()).find(({ label }: Body) => label === "Staging");
  now += 5000;
  await call(reference, "GET", "/v1/contacts", undefined, { key: made.body.key });
  expect((await find()).lastUsedAt).toBe(new Date(now).toISOString());
  await reference.control.revokeKey(made.body.id);
  now += 5000;
  expect((await call(reference, "GET", "/v1/contacts", undefined, { key: made.body.key })).status).toBe(401);
  expect((await find()).lastUsedAt).toBe(new Date(now - 5000).toISOString());
  for (const label of ["", "x".repeat(101), 7]) {
    const { body } = await call(reference, "POST", "/_control/keys", { label });
    expect(body.error.details[0].path).toEqual(["label"]);
  }
  await reference.close();
});

test("every route of the control API is offered with a sentence, and every example is taken", async () => {
  const reference = createReference({ control: true, seed: "demo" });
  const { data } = (await call(reference, "GET", "/_console/control")).body;
  expect(data.map(({ method, path }: Body) => `${method} ${path}`)).toEqual(
    controlRoutes.map(({ method, path }) => `${method} /_control${path}`),
  );
  for (const { method, path, title, takesBody, schema, example } of data) {
    expect([path, title.length > 5, takesBody ? schema !== null : true]).toEqual([path, true, true]);
    // Those with an id need something that is there: how they are called is tested elsewhere.
    if (!takesBody || example === null || path.includes("{")) continue;
    const { status, body } = await call(reference, method, path, example);
    expect([path, status < 300, body.error]).toEqual([path, true, undefined]);
  }
  await reference.close();
});
