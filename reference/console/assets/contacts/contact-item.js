/** One contact in the list. */
import { encodeId } from "../api.js";
import { h, userText } from "../dom.js";
import { avatar } from "../elements/display.js";
import { platformName } from "../platforms.js";
import { getContactName } from "./name.js";

export function contactItem({ current, ...contact }) {
  return h(
    "li",
    {},
    h(
      "a",
      { class: "item", href: `#/contacts/${encodeId(contact.id)}`, "aria-current": current && "true" },
      avatar(getContactName(contact)),
      h(
        "div",
        { class: "item-body" },
        h("div", { class: "item-head" }, userText(getContactName(contact), "strong")),
        h(
          "p",
          { class: "preview", dir: "auto" },
          contact.phone ?? contact.email ?? platformName(contact.channel ?? ""),
        ),
        contact.tags.length > 0 &&
          h(
            "p",
            { class: "item-foot" },
            contact.tags.slice(0, 4).map((tag) => h("bdi", { class: "chip" }, tag)),
          ),
      ),
    ),
  );
}
