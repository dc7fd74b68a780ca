/** The delivery log: what was sent to which endpoint, and what became of it. */
import { id, own } from "../api.js";
import { h, keyed, redraw } from "../dom.js";
import { empty, select } from "../parts.js";
import { refreshing } from "../refresh.js";
import { agoElement } from "../time.js";
import { createDelivery, deliveryChip, nextAttempt } from "./delivery.js";

function outcome({ lastStatusCode, lastError, attempts }) {
  return attempts === 0
    ? "no attempt yet"
    : `${attempts} attempt${attempts === 1 ? "" : "s"} · ${lastStatusCode ?? lastError ?? "no answer"}`;
}

function deliveryItem(delivery) {
  return h(
    "li",
    {},
    h(
      "a",
      { class: "line", href: `#/settings/deliveries/${id(delivery.id)}` },
      deliveryChip(delivery.status),
      h("span", { class: "strong" }, delivery.eventType),
      h("span", { class: "url soft" }, delivery.webhook?.url ?? `${delivery.webhookId} (removed)`),
      h("span", { class: "soft outcome" }, outcome(delivery), h("span", { class: "next" }, nextAttempt(delivery))),
      agoElement(delivery.createdAt),
    ),
  );
}

export function createDeliveries(place) {
  let wanted;
  let webhookId = "";
  let webhooks = [];
  const filterPlace = h("div");
  const items = h("ul", { class: "log" });
  const below = h("div");
  const list = h(
    "div",
    {},
    h("div", { class: "lead" }, h("p", {}, "The latest hundred, newest first."), filterPlace),
    items,
    below,
  );
  const delivery = createDelivery();

  const draw = (data) => {
    const options = webhooks.map(({ id: each, url }) => [each, url]);
    if (webhookId && !webhooks.some(({ id: each }) => each === webhookId)) {
      options.push([webhookId, `${webhookId} (removed)`]);
    }
    redraw(filterPlace, { webhooks: options, webhookId }, (state) =>
      select([["", "All endpoints"], ...state.webhooks], state.webhookId, {
        "aria-label": "Endpoint",
        on: {
          change: ({ target }) => {
            location.hash = target.value ? `#/settings/deliveries/of/${id(target.value)}` : "#/settings/deliveries";
          },
        },
      }),
    );
    keyed(items, data, (each) => each.id, deliveryItem);
    redraw(below, data.length, (count) =>
      count === 0
        ? empty("Nothing was delivered yet", "Register an endpoint, then let something happen in the inbox.")
        : h("div"),
    );
  };

  const read = refreshing(async () => {
    if (wanted !== undefined) return delivery.read(wanted);
    const [{ data }, listed] = await Promise.all([own.get("deliveries", { webhookId }), own.get("webhooks")]);
    webhooks = listed.data;
    draw(data);
  });

  return {
    show: async ([first, second]) => {
      webhookId = first === "of" ? second : "";
      wanted = first === undefined || first === "of" ? undefined : first;
      place.replaceChildren(wanted === undefined ? list : delivery.element);
      await read();
    },
    changed: (kinds) =>
      ["delivery", "webhook", "clock", "everything"].some((kind) => kinds.has(kind)) ? read() : undefined,
  };
}
