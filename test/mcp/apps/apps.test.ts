/** Pages of ours in the chat: for hosts that show them, and no way to send for whoever is not the card. */
import { describe, expect, test } from "@jest/globals";
import type { SafetySettings } from "../../../mcp/safety/settings.ts";
import { createApprovalWorld, hello } from "../../../testing/approvals.ts";
import { connect } from "../session.ts";

const showsApps = { extensions: { "io.modelcontextprotocol/ui": { mimeTypes: ["text/html;profile=mcp-app"] } } };

async function start(capabilities: object = showsApps, safety: SafetySettings = {}) {
  const world = await createApprovalWorld();
  const { onsync, ledger, now } = world;
  const session = await connect({ onsync, ledger, now, safety: { send: "person", ...safety } }, capabilities);
  const dispose = async () => {
    await session.client.close();
    await world[Symbol.asyncDispose]();
  };
  const propose = async () => {
    const { _meta } = await session.client.callTool({ name: "send_message", arguments: hello });
    return _meta?.["onsync/approval"] as { proposalId: string; token: string } | undefined;
  };
  const decide = (args: object) =>
    session.client.callTool({ name: "decide_proposal", arguments: args as Record<string, unknown> });
  return { ...world, session, propose, decide, [Symbol.asyncDispose]: dispose };
}

describe("pages in the chat", () => {
  test("are listed for a host that declares the extension, the card's tool for the card alone", async () => {
    await using world = await start();
    const { tools } = world.session;
    const uiOf = (name: string) => tools.find((tool) => tool.name === name)?._meta?.ui;
    expect(uiOf("send_message")).toEqual({ resourceUri: "ui://onsync/approval" });
    expect(uiOf("list_messages")).toEqual({ resourceUri: "ui://onsync/thread" });
    expect(uiOf("decide_proposal")).toEqual({ visibility: ["app"] });
    const { resources } = await world.session.client.listResources();
    expect(resources.filter(({ uri }) => uri.startsWith("ui://")).map(({ mimeType }) => mimeType)).toEqual([
      "text/html;profile=mcp-app",
      "text/html;profile=mcp-app",
    ]);
  });

  test.each<[string, object, SafetySettings]>([
    ["that does not declare the extension", {}, {}],
    ["whose approvals do not count", showsApps, { hostApprovals: false }],
  ])(
    "the card is not offered to a host %s, and what it would call does nothing",
    async (_what, capabilities, safety) => {
      await using world = await start(capabilities, safety);
      expect(world.session.tools.map(({ name }) => name)).not.toContain("decide_proposal");
      expect(await world.propose()).toBeUndefined();
      const [status] = await world.proposals.list();
      const { id: proposalId, cardToken: token } = status?.proposal ?? {};
      expect((await world.decide({ proposalId, token, decision: "send" })).isError).toBe(true);
      expect(world.sent).toEqual([]);
    },
  );

  test("ask for nothing from elsewhere", async () => {
    await using world = await start();
    for (const uri of ["ui://onsync/approval", "ui://onsync/thread"]) {
      const [contents] = (await world.session.client.readResource({ uri })).contents;
      expect((contents as { text: string }).text).not.toMatch(/https?:|src=|href=|@import|url\(|fetch\(|innerHTML/);
    }
  });
});

describe("the card's tool", () => {
  test("sends with the proposal's own token, once, and says who", async () => {
    await using world = await start();
    const card = await world.propose();
    const both = await Promise.all([1, 2].map(() => world.decide({ ...pick(card), decision: "send" })));
    expect(both.map(({ content }) => (content as { text: string }[])[0]?.text)).toContain("Sent.");
    expect(world.sent).toHaveLength(1);
    expect((await world.proposals.list())[0]?.decision).toMatchObject({ in: "card", by: "the person at test" });
  });

  test.each([
    ["no token", { token: "" }],
    ["a made-up token", { token: "A".repeat(32) }],
    ["another proposal's id", { proposalId: "proposal_none" }],
    ["another decision", { decision: "approve" }],
  ])("sends nothing with %s", async (_what, change) => {
    await using world = await start();
    const card = await world.propose();
    expect((await world.decide({ ...pick(card), decision: "send", ...change })).isError).toBe(true);
    expect(world.sent).toEqual([]);
  });

  test("sends nothing with the token of another proposal", async () => {
    await using world = await start();
    const card = await world.propose();
    await world.session.client.callTool({ name: "send_message", arguments: { ...hello, content: "Another" } });
    const other = (await world.proposals.list()).find(({ proposal }) => proposal.id !== card?.proposalId);
    await world.decide({ proposalId: other?.proposal.id, token: card?.token, decision: "send" });
    expect(world.sent).toEqual([]);
  });

  test("tells what cannot be sent, and nothing is decided", async () => {
    await using world = await start();
    const card = await world.propose();
    expect((await world.decide({ ...pick(card), decision: "send", content: "" })).isError).toBe(true);
    expect((await world.proposals.list())[0]?.state).toBe("proposed");
  });
});

function pick(card: { proposalId: string; token: string } | undefined) {
  return { proposalId: card?.proposalId, token: card?.token };
}
