/** The page on which a person approves, or declines, what an assistant would send. */
import fc from "fast-check";
import { hostileText } from "../../inputs/text.ts";
import { createDoor, type OpenDoor } from "../door.ts";
import { exchange } from "../exchange.ts";
import { type HttpInput, toBytes } from "../requests.ts";
import { approvalToken, ask, credentials, startMcp } from "./mcp-server.ts";

const formType = "Content-Type: application/x-www-form-urlencoded";

/** As a browser sends a form. */
function writeForm(fields: readonly (readonly [string, string])[]): string {
  return fields.map(([name, value]) => `${name}=${encodeURIComponent(value.toWellFormed())}`).join("&");
}

async function signIn(port: number): Promise<string> {
  const form = writeForm([
    ["token", approvalToken],
    ["name", "Layla"],
  ]);
  const { received } = await exchange(port, toBytes("POST", "/approvals/sign-in", [formType], form), { ends: false });
  const [, cookie] = /\r\nset-cookie: (onsync_approvals=[^;]+)/i.exec(received) ?? [];
  if (cookie === undefined) throw new Error(`nobody can sign in: ${received}`);
  return `Cookie: ${cookie}`;
}

/** Pages and forms of who has signed in, and of who has not. */
function describePages(cookie: string, formToken: string, ids: readonly string[]): fc.Arbitrary<HttpInput> {
  const id = fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...ids) },
    { weight: 1, arbitrary: hostileText.map((text) => encodeURIComponent(text.toWellFormed())) },
  );
  const who = fc.constantFrom([cookie], [cookie], [cookie], [], ["Cookie: onsync_approvals=e30.e30"]);
  const get = fc.tuple(id, who).map(([each, lines]) => toBytes("GET", `/approvals${each && `/${each}`}`, lines));
  const fields = fc
    .tuple(
      hostileText,
      hostileText,
      fc.array(hostileText, { maxLength: 2 }),
      fc.constantFrom("content", "parameter", "reason"),
    )
    .map(
      ([content, reason, parameters, last]) =>
        [
          ["form", formToken],
          ["edited", "1"],
          ["content", content],
          ["reason", reason],
          ...parameters.map((parameter) => ["parameter", parameter]),
          [last, reason],
        ] as [string, string][],
    );
  const decision = fc.constantFrom("approve", "decline", "approve/", "undo");
  const decide = fc
    .tuple(id, decision, fields, who)
    .map(([each, what, form, lines]) =>
      toBytes("POST", `/approvals/${each}/${what}`, [...lines, formType], writeForm(form)),
    );
  const given = fc.constantFrom(approvalToken, approvalToken, approvalToken, approvalToken, "wrong");
  const enter = fc.tuple(given, hostileText, hostileText).map(([word, name, next]) =>
    toBytes(
      "POST",
      "/approvals/sign-in",
      [formType],
      writeForm([
        ["token", word],
        ["name", name],
        ["next", next],
      ]),
    ),
  );
  return fc.oneof(get, decide, enter).map((bytes) => ({ bytes, ends: false }));
}

async function openApprovals(): Promise<OpenDoor> {
  const { shared, ...opened } = await startMcp(["--send", "person"]);
  const { port } = opened.server;
  const texts = ["Your table is booked.", "Hello <b>there</b>", "\u202eHi"];
  for (const content of texts)
    await ask(port, "tools/call", {
      name: "send_message",
      arguments: { platform: "telegram", to: "482910377", content },
    });
  const cookie = await signIn(port);
  const page = await exchange(port, toBytes("GET", "/approvals", [cookie]), { ends: false });
  const ids = [...new Set(page.received.match(/proposal_[0-9a-f]{32}/g))];
  const detail = await exchange(port, toBytes("GET", `/approvals/${ids[0]}`, [cookie]), { ends: false });
  const [, formToken = ""] = /name="form" value="([^"]+)"/.exec(detail.received) ?? [];
  if (ids.length === 0 || formToken === "") throw new Error(`nothing waits for a person: ${detail.received}`);
  return {
    ...opened,
    ...shared,
    port: (server) => server.port,
    requests: describePages(cookie, formToken, ["", ...ids]),
    credentials: [cookie, ...credentials],
    health: toBytes("GET", "/approvals", [cookie]),
  };
}

export const approvals = createDoor("approvals", 1, openApprovals);
