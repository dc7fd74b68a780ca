/** Every scope against every endpoint: a key with one scope may do what that scope names, and nothing else. */
import { describe, expect, test } from "@jest/globals";
import { type Endpoint, endpoints, type Scope, scopes } from "../../../src/api/index.ts";
import { still } from "../caller.ts";

const table = Object.entries(endpoints as Record<string, Endpoint>);

function fillPath({ path }: Endpoint): string {
  return `/v1${path.replaceAll(/\{\w+\}/g, "x")}`;
}

describe.each(table)("%s", (_name, endpoint) => {
  test.each([...scopes, "none", "all but its own"] as const)("with the scope %s", async (held) => {
    await using api = still();
    const keyScopes: Scope[] =
      held === "none" ? [] : held === "all but its own" ? scopes.filter((scope) => scope !== endpoint.scope) : [held];
    const { key } = await api.reference.control.createKey({ scopes: keyScopes });
    const body = endpoint.body ? {} : undefined;
    const answer = await api.call(endpoint.method, fillPath(endpoint), body, { key });
    if (endpoint.scope === null || keyScopes.includes(endpoint.scope)) {
      // What comes after the scope: the answer, the missing object, or the findings about an empty body.
      expect([200, 400, 404]).toContain(answer.status);
      expect(answer.body.error?.code).not.toBe("unknown_endpoint");
    } else {
      expect(answer.status).toBe(403);
      expect(answer.body.error.code).toBe("insufficient_scope");
      expect(answer.body.error.details[0].scope).toBe(endpoint.scope);
    }
  });
});

test("the option scopes narrows the reference's own key", async () => {
  await using api = still({ scopes: ["read:contacts"] });
  expect((await api.call("GET", "/v1/contacts")).status).toBe(200);
  expect((await api.call("GET", "/v1/webhooks")).status).toBe(403);
});
