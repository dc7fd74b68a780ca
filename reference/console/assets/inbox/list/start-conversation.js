/** A customer who writes for the first time. */
import { controlApi } from "../../api.js";
import { h } from "../../dom.js";
import { dialog } from "../../elements/dialog.js";
import { field, form, select } from "../../elements/form.js";
import { withOrg } from "../../org/address.js";
import { platformNames } from "../../platforms.js";

/** @param open is given the conversation's id */
export function startConversation(open) {
  const platform = select(Object.entries(platformNames), "whatsapp", { name: "platform" });
  const from = h("input", {
    name: "from",
    type: "text",
    placeholder: "+971500000001",
    autocomplete: "off",
    required: true,
  });
  const name = h("input", { name: "name", type: "text", dir: "auto", autocomplete: "off" });
  const content = h("textarea", { name: "content", rows: "3", dir: "auto", required: true });
  dialog("Write as a customer", (close) =>
    form(
      async () => {
        const message = await controlApi.post(
          "inbound",
          withOrg({
            platform: platform.value,
            from: from.value.trim(),
            content: content.value,
            ...(name.value.trim() && { name: name.value.trim() }),
          }),
        );
        close();
        open(message.conversationId);
      },
      { label: "Send as the customer" },
      field("Platform", platform),
      field("Address", from, "A phone number with country code on WhatsApp, the customer's id elsewhere."),
      field("Name", name, "For a contact that is new."),
      field("Message", content),
    ),
  );
}
