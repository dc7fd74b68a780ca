/** The approval page: a person lists, edits, sends and declines what assistants have proposed. */
import { describe, expect, test } from "@jest/globals";
import { hello } from "../../../testing/approvals.ts";
import { createPageWorld } from "./visitor.ts";

describe("the approval page", () => {
  test("lists what waits, whole, and one click sends it once, clicked twice", async () => {
    await using world = await createPageWorld();
    const content = `${"Line\n".repeat(700)}the end`;
    const id = await world.propose({ ...hello, content });
    const { visitor } = world;
    await visitor.signIn();
    const list = await visitor.get("/approvals");
    expect(list.text).toContain(content);
    expect(list.text).toContain("1 waiting for you");
    const clicks = await Promise.all([
      visitor.post(`/approvals/${id}/approve`),
      visitor.post(`/approvals/${id}/approve`),
    ]);
    expect(clicks.map(({ status }) => status)).toEqual([303, 303]);
    expect(world.sent.map((message) => message.content)).toEqual([content]);
    expect((await visitor.get(`/approvals/${id}`)).text).toContain("Sent, approved by Sara");
    expect((await visitor.get("/approvals")).text).toContain("Nothing waits for you");
  });

  test("sends what a person edited it to, and says so", async () => {
    await using world = await createPageWorld();
    const id = await world.propose();
    const { visitor } = world;
    await visitor.signIn();
    await visitor.post(`/approvals/${id}/approve`, { edited: "yes", content: "Booked\r\nfor nine." });
    expect(world.sent.map(({ content }) => content)).toEqual(["Booked\nfor nine."]);
    expect((await visitor.get(`/approvals/${id}`)).text).toContain("Sent, approved by Sara, edited");
  });

  test("edits the values of a template", async () => {
    await using world = await createPageWorld();
    const template = { platform: "whatsapp", to: "+971500000000", template: "order_update", language: "en" };
    const id = await world.propose({ ...template, parameters: ["Sara", "1187"], components: [] }, "send_template");
    const { visitor } = world;
    await visitor.signIn();
    const page = await visitor.get(`/approvals/${id}`);
    expect(page.text).toContain('name="parameter" value="1187"');
    await visitor.post(`/approvals/${id}/approve`, { edited: "yes" }, {}, "&parameter=Sara&parameter=1188");
    expect((await world.proposals.find(id))?.decision).toMatchObject({
      input: { parameters: ["Sara", "1188"] },
      edited: true,
    });
  });

  test("declines with a reason", async () => {
    await using world = await createPageWorld();
    const id = await world.propose();
    const { visitor } = world;
    await visitor.signIn();
    await visitor.post(`/approvals/${id}/decline`, { reason: "Not ours" });
    expect(await world.proposals.find(id)).toMatchObject({ state: "declined", reason: "Not ours" });
    expect((await visitor.post(`/approvals/${id}/approve`)).status).toBe(409);
    expect(world.sent).toEqual([]);
  });

  test("shows an edited text that cannot be sent as an error, and nothing is decided", async () => {
    await using world = await createPageWorld();
    const id = await world.propose();
    const { visitor } = world;
    await visitor.signIn();
    const answer = await visitor.post(`/approvals/${id}/approve`, { edited: "yes", content: "" });
    expect(answer).toMatchObject({ status: 422, text: expect.stringContaining("Nothing was sent") });
    expect((await world.proposals.find(id))?.state).toBe("proposed");
  });

  test("shows what others wrote as text, and characters that nobody sees by their code points", async () => {
    await using world = await createPageWorld();
    const id = await world.propose({ ...hello, content: "<img src=x onerror=alert(1)>\u200b\u{e0041}\u202e" });
    const { visitor } = world;
    await visitor.signIn();
    const { text } = await visitor.get(`/approvals/${id}`);
    expect(text).not.toContain("<img");
    expect(text).toContain("&lt;img src=x onerror=alert(1)&gt;");
    for (const mark of ["U+200B", "U+E0041", "U+202E"])
      expect(text).toMatch(new RegExp(`<mark[^>]*>${mark.replace("+", "\\+")}</mark>`));
    expect(text).toContain("3 characters that nobody sees");
    expect(text).not.toMatch(/[\u200b\u202e]/);
  });

  test("shows the conversation, the customer's words as theirs", async () => {
    await using world = await createPageWorld();
    await world.onsync.messages.send({ ...hello, messageType: "text", content: "We open at <b>six</b>." } as never);
    const id = await world.propose();
    const { visitor } = world;
    await visitor.signIn();
    const { text } = await visitor.get(`/approvals/${id}`);
    expect(text).toContain("We open at &lt;b&gt;six&lt;/b&gt;.");
  });

  test("tells why a message could not be sent, and offers to try again", async () => {
    await using world = await createPageWorld();
    const id = await world.propose({ platform: "whatsapp", to: "+971500000099", content: "Hi" });
    const { visitor } = world;
    await visitor.signIn();
    expect(await visitor.post(`/approvals/${id}/approve`)).toMatchObject({ status: 409 });
    expect((await visitor.get(`/approvals/${id}`)).text).toContain("Try again");
  });

  test("shows nothing of an org whose client it does not have", async () => {
    await using world = await createPageWorld();
    const message = { org: "other", sendScope: world.onsync.ledgerScope, operation: "send_message", input: hello };
    const { status } = await world.proposals.propose({ ...message, proposedBy: null }, async () => {});
    const { visitor } = world;
    await visitor.signIn();
    expect((await visitor.get("/approvals")).text).toContain("Nothing waits for you");
    expect((await visitor.get(`/approvals/${status.proposal.id}`)).status).toBe(404);
    expect((await visitor.post(`/approvals/${status.proposal.id}/approve`)).status).toBe(404);
    expect(world.sent).toEqual([]);
  });
});
