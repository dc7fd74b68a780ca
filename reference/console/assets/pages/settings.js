/** Settings → API & Webhooks: keys, webhook endpoints, the log of what was delivered to them, and message templates. */
import { h } from "../dom.js";
import { createDeliveryLog } from "../settings/deliveries.js";
import { createKeysSection } from "../settings/keys.js";
import { createTemplatesSection } from "../settings/templates.js";
import { createWebhooksSection } from "../settings/webhooks.js";

const sections = {
  keys: ["Keys", createKeysSection],
  webhooks: ["Webhooks", createWebhooksSection],
  deliveries: ["Delivery log", createDeliveryLog],
  templates: ["Templates", createTemplatesSection],
};

export function settingsPage(page) {
  const place = h("div");
  const links = Object.entries(sections).map(([name, [title]]) => ({
    name,
    link: h("a", { href: `#/settings/${name}` }, title),
  }));
  let open = { name: undefined, section: undefined };

  page.classList.add("sheet");
  page.append(
    h("h1", {}, "API & Webhooks"),
    h(
      "nav",
      { class: "tabs", "aria-label": "API and webhooks" },
      links.map(({ link }) => link),
    ),
    place,
  );

  return {
    show: async ([wanted, ...parts]) => {
      const name = Object.hasOwn(sections, wanted ?? "") ? wanted : "keys";
      for (const each of links) {
        if (each.name === name) each.link.setAttribute("aria-current", "page");
        else each.link.removeAttribute("aria-current");
      }
      if (open.name !== name) {
        const element = h("section", { "aria-label": sections[name][0] });
        place.replaceChildren(element);
        open = { name, section: sections[name][1](element) };
      }
      await open.section.show(parts);
    },
    changed: (kinds, changes) => open.section?.changed(kinds, changes),
  };
}
