/** A card in the chat, on which a person sends, edits or declines what their assistant has proposed. */
import { createView } from "./view-client.ts";

export const approvalCard = createView(
  "A message to approve",
  `
const partsOf = (parts) => parts.map(({ text, hidden }) =>
  hidden ? element("mark", { title: "a character that nobody sees" }, text) : text);
const say = (text) => page.replaceChildren(element("p", { className: "to" }, text));
async function decide(card, decision) {
  for (const button of page.querySelectorAll("button")) button.disabled = true;
  try {
    const result = await callTool("decide_proposal", { proposalId: card.proposalId, token: card.token, ...decision });
    say(result.content.map(({ text }) => text).join(" "));
  } catch (error) {
    say("It did not work: " + error.message + " See the approval page before you try again.");
  }
}
function edit(card) {
  const field = element("textarea", { value: card.content, maxLength: 4096, dir: "auto" });
  page.append(element("label", {}, "Text", field),
    element("div", { className: "actions" },
      element("button", { className: "go", onclick: () => decide(card, { decision: "send", content: field.value }) }, "Send this instead")));
  field.focus();
}
function decline(card) {
  const field = element("textarea", { maxLength: 500, dir: "auto" });
  page.append(element("label", {}, "Reason, for the assistant", field),
    element("div", { className: "actions" },
      element("button", { className: "stop", onclick: () => decide(card, { decision: "decline", reason: field.value }) }, "Decline")));
  field.focus();
}
function show(result) {
  const card = result._meta?.["onsync/approval"];
  if (!card) return say(result.structuredContent?.state === "proposed"
    ? "It waits for a person, on the approval page."
    : (result.content ?? []).map(({ text }) => text).join(" "));
  const once = (work) => ({ target }) => { target.disabled = true; work(card); };
  page.replaceChildren(
    element("p", { className: "to" }, "To ", ...partsOf(card.to)),
    ...card.fields.flatMap(({ name, parts }) => [
      ...(name === "content" ? [] : [element("p", { className: "soft" }, name)]),
      element("div", { className: "text", dir: "auto" }, ...partsOf(parts)),
    ]),
    element("p", { className: "soft" }, "Nothing is sent yet. Only you can send it."),
    element("div", { className: "actions" },
      element("button", { className: "go", onclick: () => decide(card, { decision: "send" }) }, "Send"),
      ...(card.content === null ? [] : [element("button", { onclick: once(edit) }, "Edit")]),
      element("button", { className: "stop", onclick: once(decline) }, "Decline …")));
}
`,
);
