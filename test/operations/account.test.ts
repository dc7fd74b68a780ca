/** The account behind the key, against the reference API, with its extensions and without. */
import { describe, expect, test } from "@jest/globals";
import { onsyncPair } from "../../testing/onsync-pair.ts";
import { run } from "./run-operation.ts";

describe.each([true, false])("with extensions: %s", (extensions) => {
  test("get_account proves the key either way", async () => {
    await using pair = await onsyncPair({ extensions });
    const { account, rateLimit } = await run(pair.onsync, "get_account", {});
    expect(rateLimit).toMatchObject({ limit: 1000 });
    if (extensions) expect(account.scopes).toContain("write:messages");
    else expect(account).toBeNull();
  });
});
