/** A conversation in the chat: its latest messages as text, the customer's words as theirs. */
import { createView } from "./view-client.ts";

export const threadView = createView(
  "A conversation",
  `
const unfence = (text) => text.replace(/<\\/?customer-[a-z0-9]+>/g, "");
function show(result) {
  const messages = result.structuredContent?.data ?? [];
  if (messages.length === 0) return page.replaceChildren(element("p", { className: "soft" }, "There are no messages."));
  page.replaceChildren(...[...messages].reverse().flatMap(({ direction, createdAt, content, type, status }) => [
    element("p", { className: "soft" }, (direction === "inbound" ? "The customer" : "Sent from OnSync")
      + ", " + createdAt + (status ? ", " + unfence(status) : "")),
    element("div", { className: "text " + (direction === "inbound" ? "inbound" : ""), dir: "auto" },
      typeof content === "string" ? unfence(content) : "(" + type + ")"),
  ]));
}
`,
);
