/** No way to send, receive or resolve goes past the automation. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";

const root = join(import.meta.dirname, "../../../reference");

test("the functions without automation are called by those with it, and by the story of the demo data alone", () => {
  const callers = readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .filter((name) => {
      const imports = readFileSync(join(root, name), "utf8").match(/import[^;]*?from "[^"]+";/g) ?? [];
      return imports.some((each) => /\b(sendMessage|receiveMessage|resolveConversation)\b/.test(each));
    });
  expect(callers.sort()).toEqual(["automation/messages.ts", "automation/reply.ts", "seed.ts"]);
});
