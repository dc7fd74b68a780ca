/** `onsync sends approve` and `decline`: a person decides in a terminal on what an assistant has proposed. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { createReference, type Reference } from "../../../reference/index.ts";
import { openLedger } from "../../../src/ledger/index.ts";
import { createProposals } from "../../../src/proposals/proposals.ts";
import { hello } from "../../../testing/approvals.ts";
import { onsync } from "../command.ts";

let folder: string;
let file: string;
let reference: Reference;
let api: Awaited<ReturnType<Reference["listen"]>>;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "onsync-decide-"));
  // Where `onsync mcp --send person` keeps it unless it is told.
  file = join(folder, "onsync", "sends.db");
  mkdirSync(join(folder, "onsync"));
  reference = createReference();
  api = await reference.listen(0);
});
afterEach(async () => {
  await reference.close();
  rmSync(folder, { recursive: true });
});

async function propose(input: Record<string, unknown> = hello, sendScope = api.url): Promise<string> {
  const ledger = await openLedger(file);
  const message = { org: api.url, sendScope, operation: "send_message", input, proposedBy: "claude-ai" };
  const { status } = await createProposals(ledger).propose(message, async () => {});
  await ledger.close();
  return status.proposal.id;
}

function sends(...args: string[]) {
  const env = { ONSYNC_API_KEY: reference.key, ONSYNC_BASE_URL: api.url, XDG_STATE_HOME: folder };
  return onsync(["sends", ...args], { env });
}

async function read(...args: string[]) {
  return JSON.parse((await sends(...args, "--json")).stdout);
}

async function readSent(): Promise<unknown[]> {
  const answer = await reference.fetch(
    new Request(`${api.url}/conversations/telegram:482910377/messages`, {
      headers: { authorization: `Bearer ${reference.key}` },
    }),
  );
  return answer.status === 404
    ? []
    : ((await answer.json()) as { data: { content: string }[] }).data.map(({ content }) => content);
}

describe("a proposed message, in a terminal", () => {
  test("is listed as open from the ledger that assistants' servers have, and shown whole", async () => {
    const id = await propose({ ...hello, content: `${"a".repeat(4000)}\u200b.` });
    expect((await read("list")).data).toMatchObject([
      {
        id,
        reference: id,
        state: "proposed",
        platform: "telegram",
        to: hello.to,
        proposedBy: "claude-ai",
        decision: null,
      },
    ]);
    expect((await sends("list")).stdout).toContain(`${id}  proposed  telegram:482910377`);
    expect((await sends("show", id)).stdout).toContain(`${"a".repeat(4000)}[U+200B].`);
    expect((await sends("list", "--all", "--json")).stdout).not.toContain("cardToken");
  });

  test("is sent once, however often it is approved, and the record says who", async () => {
    const id = await propose();
    const both = await Promise.all([sends("approve", id), sends("approve", id)]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect(both[0]?.stdout).toMatch(/^It was sent\.\n/);
    expect(await readSent()).toEqual([hello.content]);
    expect(await read("show", id)).toMatchObject({
      state: "sent",
      messageId: expect.stringMatching(/^msg_/),
      decision: { approved: true, by: userInfo().username, in: "terminal", edited: false },
    });
    expect((await read("list")).data).toEqual([]);
    expect((await read("list", "--all")).data).toMatchObject([{ id, state: "sent" }]);
  });

  test("is sent as edited with --text", async () => {
    const id = await propose();
    expect(await read("approve", id, "--text", "Booked for nine.")).toMatchObject({
      state: "sent",
      problem: null,
      input: { content: "Booked for nine." },
      proposed: { content: hello.content },
      decision: { edited: true },
    });
    expect(await readSent()).toEqual(["Booked for nine."]);
  });

  test("is declined with a reason, and not sent by an approval that comes later", async () => {
    const id = await propose();
    expect((await sends("decline", id, "--reason", "Not ours")).stdout).toMatch(
      /^It was declined: nothing is sent\.\n/,
    );
    expect((await read("list", "--state", "declined")).data).toMatchObject([{ id, reason: "Not ours" }]);
    expect((await sends("approve", id)).code).toBe(1);
    expect((await sends("settle", id)).code).toBe(2);
    expect(await readSent()).toEqual([]);
  });

  test.each([
    ["an id that is none", async () => `${await propose()}0`, /has no send proposal_\w+0/],
    ["another account", () => propose(hello, "https://api.onsync.com/v1"), /is for https:\/\/api\.onsync\.com\/v1/],
  ])("of %s is refused, with exit code 2", async (_what, find, expected) => {
    const { code, stderr } = await sends("approve", await find());
    expect([code, stderr]).toEqual([2, expect.stringMatching(expected)]);
    expect(await readSent()).toEqual([]);
  });
});
