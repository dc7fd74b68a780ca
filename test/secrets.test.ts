/** The search of everything the suite prints (scripts/test.ts) finds what it is for, and passes what is shown on purpose. */
import { expect, test } from "@jest/globals";
import { createReference } from "../reference/index.ts";
import { secretPattern } from "../scripts/test.ts";

function secretsIn(text: string): string[] {
  return text.match(secretPattern) ?? [];
}

test("a key and a webhook secret as the reference API makes them are found", async () => {
  const reference = createReference();
  const { url } = await reference.listen();
  const answer = await fetch(`${url}/webhooks`, {
    method: "POST",
    headers: { authorization: `Bearer ${reference.key}`, "content-type": "application/json" },
    body: JSON.stringify({ url: "https://example.com/hooks", events: ["contact.created"] }),
  });
  const { secret } = (await answer.json()) as { secret: string };
  await reference.close();
  expect(secretsIn(`Error: ${reference.key} is wrong`)).toEqual([reference.key]);
  expect(secretsIn(`secret=${secret};`)).toEqual([secret]);
});

test("prefixes, the demo key and the samples' secret pass", () => {
  expect(secretsIn("onsync_pk_live_8fQ2… onsync_pk_test_demo whsec_example_shown_once")).toEqual([]);
});
