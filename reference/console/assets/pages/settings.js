/** Settings → API & Webhooks: keys, webhook endpoints, the log of what was delivered to them, and message templates. */
import { h } from "../dom.js";
import { createDeliveries } from "../settings/deliveries.js";
import { createKeys } from "../settings/keys.js";
import { createTemplates } from "../settings/templates.js";
import { createWebhooks } from "../settings/webhooks.js";

const rooms = {
  keys: ["Keys", createKeys],
  webhooks: ["Webhooks", createWebhooks],
  deliveries: ["Delivery log", createDeliveries],
  templates: ["Templates", createTemplates],
};

export function settingsPage(page) {
  const place = h("div");
  const links = Object.entries(rooms).map(([name, [title]]) => ({
    name,
    link: h("a", { href: `#/settings/${name}` }, title),
  }));
  let open = { name: undefined, room: undefined };

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
      const name = Object.hasOwn(rooms, wanted ?? "") ? wanted : "keys";
      for (const each of links) {
        if (each.name === name) each.link.setAttribute("aria-current", "page");
        else each.link.removeAttribute("aria-current");
      }
      if (open.name !== name) {
        const element = h("section", { "aria-label": rooms[name][0] });
        place.replaceChildren(element);
        open = { name, room: rooms[name][1](element) };
      }
      await open.room.show(parts);
    },
    changed: (kinds, changes) => open.room?.changed(kinds, changes),
  };
}
