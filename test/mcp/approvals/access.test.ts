/** Who may approve: whoever has the operator's token, from the page itself, and nobody else. */
import { describe, expect, test } from "@jest/globals";
import { createPageWorld, createVisitor, operatorToken, origin } from "./visitor.ts";

describe("the approval page's door", () => {
  test("shows nothing without a session, and lets in by the operator's token alone", async () => {
    await using world = await createPageWorld();
    const id = await world.propose();
    const { visitor } = world;
    for (const path of ["/approvals", `/approvals/${id}`]) {
      const { status, text } = await visitor.get(path);
      expect([status, text.includes("Your table")]).toEqual([401, false]);
    }
    expect((await visitor.post(`/approvals/${id}/approve`)).status).toBe(401);
    expect((await visitor.signIn("wrong-token")).status).toBe(401);
    expect((await visitor.signIn("")).status).toBe(401);
    expect((await visitor.signIn()).status).toBe(303);
    expect((await visitor.get("/approvals")).status).toBe(200);
    expect(world.sent).toEqual([]);
  });

  test("answers too many wrong tokens for a minute with nothing, the right one too", async () => {
    await using world = await createPageWorld();
    const { visitor } = world;
    for (let tries = 0; tries < 20; tries++) await visitor.post("/approvals/sign-in", { token: `guess-${tries}` });
    expect((await visitor.post("/approvals/sign-in", { token: operatorToken })).status).toBe(429);
    world.pass(60_000);
    expect((await visitor.post("/approvals/sign-in", { token: operatorToken })).status).toBe(303);
  });

  test.each<[string, Record<string, string>, Record<string, string>]>([
    ["of another origin", {}, { origin: "https://evil.example" }],
    ["of another port of this machine", {}, { origin: "http://127.0.0.1:5000" }],
    ["of no origin that can be named", {}, { origin: "null" }],
    ["that a browser calls cross-site", {}, { "sec-fetch-site": "cross-site" }],
    ["that a browser calls same-site", {}, { "sec-fetch-site": "same-site" }],
    ["without what the page put into it", { form: "" }, {}],
    ["with what another session's page put into it", { form: "AAAA" }, {}],
  ])("takes no form %s", async (_what, fields, headers) => {
    await using world = await createPageWorld();
    const id = await world.propose();
    const { visitor } = world;
    await visitor.signIn();
    expect((await visitor.post(`/approvals/${id}/approve`, fields, headers)).status).toBe(403);
    expect((await world.proposals.find(id))?.state).toBe("proposed");
    expect(world.sent).toEqual([]);
  });

  test("approves nothing by a link", async () => {
    await using world = await createPageWorld();
    const id = await world.propose();
    await world.visitor.signIn();
    expect((await world.visitor.get(`/approvals/${id}/approve`)).status).toBe(404);
    expect(world.sent).toEqual([]);
  });

  test("answers to its own name alone, against names that resolve to this machine", async () => {
    await using world = await createPageWorld();
    const { status } = await world.visitor.get("/approvals", { host: "evil.example" });
    expect(status).toBe(403);
  });

  test("takes a program that brings the token itself, without a form's", async () => {
    await using world = await createPageWorld();
    const id = await world.propose();
    const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
    expect((await world.visitor.post(`/approvals/${id}/approve`, {}, bearer("wrong"))).status).toBe(401);
    expect((await world.visitor.post(`/approvals/${id}/approve`, {}, bearer(operatorToken))).status).toBe(303);
    expect(world.sent).toHaveLength(1);
    expect((await world.proposals.find(id))?.decision).toMatchObject({ by: "the operator" });
  });

  test("a session ends by itself, by signing out, and with another operator token", async () => {
    await using world = await createPageWorld();
    const { visitor } = world;
    await visitor.signIn();
    world.pass(12 * 60 * 60_000);
    expect((await visitor.get("/approvals")).status).toBe(401);
    await visitor.signIn();
    expect((await visitor.post("/approvals/sign-out")).headers.get("set-cookie")).toContain("Max-Age=0");
    expect((await visitor.get("/approvals")).status).toBe(401);
    const forged = "onsync_approvals=eyJ3aG8iOiJ4IiwiZXhwaXJlcyI6OTk5OTk5OTk5OTk5OX0.AAAA";
    expect((await visitor.get("/approvals", { cookie: forged })).status).toBe(401);
  });

  test("every page forbids scripts, frames, other origins and caches, and its cookie is for the page alone", async () => {
    await using world = await createPageWorld();
    const { visitor } = world;
    const signedIn = await visitor.signIn();
    expect(signedIn.headers.get("set-cookie")).toMatch(/; Path=\/approvals; Max-Age=43200; HttpOnly; SameSite=Lax$/);
    for (const path of ["/approvals", "/approvals/none", "/approvals/none/none"]) {
      const { headers, text } = await visitor.get(path);
      const policy = headers.get("content-security-policy");
      expect(policy).toMatch(
        /^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'$/,
      );
      expect(headers.get("x-frame-options")).toBe("DENY");
      expect(headers.get("cache-control")).toBe("no-store");
      expect(text).not.toMatch(/<script|https?:\/\//);
    }
  });

  test("a sign-in leads to a page here, wherever its form points", async () => {
    await using world = await createPageWorld();
    const leave = { token: operatorToken, next: "https://evil.example/approvals" };
    const { headers } = await world.visitor.post("/approvals/sign-in", leave);
    expect(headers.get("location")).toBe("/approvals");
  });

  test("a form of megabytes is not read", async () => {
    await using world = await createPageWorld();
    await world.visitor.signIn();
    const { status } = await world.visitor.post("/approvals/none/approve", { content: "x".repeat(70_000) });
    expect(status).toBe(403);
  });

  test("replicas that share the token know each other's sessions", async () => {
    await using world = await createPageWorld();
    const visitor = createVisitor(world.app);
    const { headers } = await visitor.signIn();
    const cookie = headers.get("set-cookie")?.split(";")[0] ?? "";
    await using other = await createPageWorld();
    const answer = await other.app.fetch(
      new Request(`${origin}/approvals`, { headers: { cookie, host: "127.0.0.1:4020" } }),
    );
    expect(answer.status).toBe(200);
  });
});
