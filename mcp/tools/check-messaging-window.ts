/** The check before a send: the window, and whatever else speaks against it, each with a code and what to do. */
import { parseConversationId, toConversationId } from "../../src/api/index.ts";
import { operations } from "../../src/operations/index.ts";
import { refuseCall } from "../answers/tool-failure.ts";
import { defineTool } from "./tool.ts";

const text = { type: "string" };

function formatDuration(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  return minutes >= 60 ? `${Math.floor(minutes / 60)} h ${minutes % 60} min` : `${minutes} min`;
}

export const checkMessagingWindow = defineTool(operations.check_messaging_window, {
  description:
    "Checks before a send whether a text or a template may go out now, until when, and what speaks against it: window, opt-out, template, cap, recipient. WhatsApp takes texts for 24 hours after the customer's last message.",
  words: { conversationId: "platform:address, such as whatsapp:+971500000000" },
  omit: ["checkTags"],
  optional: ["conversationId"],
  extra: {
    platform: { ...text, description: "With to, in place of conversationId" },
    to: text,
    template: { ...text, description: "The one meant" },
    language: text,
  },
  adds: { canSendText: { type: "boolean" }, canSendTemplate: { type: "boolean" } },
  prepare: async (args) => {
    const { conversationId, platform, to } = args;
    if (conversationId === undefined && (platform === undefined || to === undefined))
      throw refuseCall(
        "check_messaging_window",
        "validation_failed",
        "Give conversationId, or platform and to: whom the message is for.",
      );
    const address = String(to);
    // An agent may write a conversation's id as the address.
    const given =
      conversationId ??
      (parseConversationId(address)?.platform === platform ? address : toConversationId(String(platform), address));
    return { ...args, conversationId: given, checkTags: true };
  },
  present: (answer, format) => {
    const id = format.id(answer.conversationId);
    const codes = answer.reasons.map(({ code }) => code);
    const blocked = codes.some(
      (code) => code !== "window_closed" && code !== "no_conversation" && code !== "template_mismatch",
    );
    const whatsapp = answer.expiresAt !== null || answer.requiresTemplate || answer.secondsLeft !== null;
    const canSendText = answer.open && !blocked;
    const canSendTemplate = whatsapp && !blocked && !codes.includes("template_mismatch");
    const reasons = answer.reasons.map(({ code, message }) => ({ code, message: format.orgText(message, "") }));
    const last = answer.lastInboundAt ? ` The customer last wrote ${format.id(answer.lastInboundAt)}.` : "";
    const window = !whatsapp
      ? "no window: only WhatsApp has one."
      : answer.open
        ? `the WhatsApp window is open. A text may be sent until ${answer.expiresAt} (${formatDuration(answer.secondsLeft ?? 0)} left).`
        : `the WhatsApp window is closed${answer.expiresAt ? ` since ${answer.expiresAt}` : ": the customer has not written within 24 hours"}. Only a template can be sent. Next: list_templates, then send_template.`;
    return {
      data: { ...answer, conversationId: id, canSendText, canSendTemplate, reasons },
      text: [
        `${id}: ${window}${last}`,
        ...reasons.filter(({ code }) => code !== "window_closed").map(({ code, message }) => `${code}: ${message}`),
        answer.exists &&
          !answer.tagsChecked &&
          !codes.includes("opted_out") &&
          "The contact's tags could not be looked at: find_contacts shows them.",
        `Text: ${canSendText ? "yes" : "no"}. Template: ${canSendTemplate ? "yes" : "no"}.`,
      ]
        .filter(Boolean)
        .join("\n"),
    };
  },
});
