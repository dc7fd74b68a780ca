/** As whom one writes in a conversation, and how each of them sends. */
import { consoleApi, controlApi } from "../../api.js";
import { withOrg } from "../../org/address.js";
import { isWindowClosed } from "../window.js";

/**
 * `isOffered` in a conversation or not, `canSend` now or not, a `hint` for who writes, and `send(conversation, content)`,
 * whose content has the `text` that was written and a function that gives the `template` that was filled in; it gives
 * the message.
 */
export const voices = {
  agent: {
    label: "Agent",
    isOffered: () => true,
    canSend: (conversation) => !isWindowClosed(conversation),
    hint: (conversation) =>
      isWindowClosed(conversation)
        ? "The 24-hour window is closed: WhatsApp takes a template only, until the customer writes again."
        : `Sent as ${conversation.assignee?.name ?? "the team"} from the inbox. Ctrl + Enter sends.`,
    send: (conversation, { text }) => sendFromInbox(conversation, { messageType: "text", content: text }),
  },
  customer: {
    label: "Customer",
    isOffered: () => true,
    canSend: () => true,
    hint: () => "Arrives as if the customer had written it. Ctrl + Enter sends.",
    send: ({ platform, address }, { text }) =>
      controlApi.post("inbound", withOrg({ platform, from: address, content: text })),
  },
  template: {
    label: "Template",
    isOffered: ({ platform }) => platform === "whatsapp",
    canSend: () => true,
    hint: () => "Approved templates reach the customer outside the window, too.",
    send: async (conversation, { readTemplate }) =>
      sendFromInbox(conversation, { messageType: "template" }, { template: readTemplate() }),
  },
};

async function sendFromInbox({ platform, address, assignee }, message, metadata) {
  const agent = assignee && { agent: assignee.name };
  const answer = await consoleApi.post("messages", {
    platform,
    to: address,
    ...message,
    metadata: { source: "inbox", ...agent, ...metadata },
  });
  return answer.message;
}
