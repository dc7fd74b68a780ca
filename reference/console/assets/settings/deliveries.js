/** The delivery log: what was sent to which endpoint, and what became of it. */
import { consoleApi, encodeId } from "../api.js";
import { coalesceCalls } from "../coalesce.js";
import { h, renderIfChanged, renderList } from "../dom.js";
import { empty } from "../elements/display.js";
import { select } from "../elements/form.js";
import { createAge } from "../time/format.js";
import { createDeliveryView, deliveryChip, nextAttemptCountdown } from "./delivery.js";

function formatOutcome({ lastStatusCode, lastError, attempts }) {
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
      { class: "line", href: `#/settings/deliveries/${encodeId(delivery.id)}` },
      deliveryChip(delivery.status),
      h("span", { class: "strong" }, delivery.eventType),
      h("span", { class: "url soft" }, delivery.webhook?.url ?? `${delivery.webhookId} (removed)`),
      h(
        "span",
        { class: "soft outcome" },
        formatOutcome(delivery),
        h("span", { class: "next" }, nextAttemptCountdown(delivery)),
      ),
      createAge(delivery.createdAt),
    ),
  );
}

/** Which endpoint's deliveries are shown: one that was removed, too. */
function endpointSelect({ options, webhookId }) {
  return select([["", "All endpoints"], ...options], webhookId, {
    "aria-label": "Endpoint",
    on: {
      change: ({ target }) => {
        location.hash = target.value ? `#/settings/deliveries/of/${encodeId(target.value)}` : "#/settings/deliveries";
      },
    },
  });
}

/** The log of one endpoint, or of all. */
function createDeliveryList() {
  const filter = h("div");
  const items = h("ul", { class: "log" });
  const below = h("div");
  return {
    element: h(
      "div",
      {},
      h("div", { class: "lead" }, h("p", {}, "The latest hundred, newest first."), filter),
      items,
      below,
    ),
    read: async (webhookId) => {
      const [{ data }, { data: webhooks }] = await Promise.all([
        consoleApi.get("deliveries", { webhookId }),
        consoleApi.get("webhooks"),
      ]);
      const options = webhooks.map(({ id, url }) => [id, url]);
      if (webhookId && !webhooks.some(({ id }) => id === webhookId)) {
        options.push([webhookId, `${webhookId} (removed)`]);
      }
      renderIfChanged(filter, { options, webhookId }, endpointSelect);
      renderList(items, data, (delivery) => delivery.id, deliveryItem);
      renderIfChanged(below, data.length, (count) =>
        count === 0
          ? empty("Nothing was delivered yet", "Register an endpoint, then let something happen in the inbox.")
          : h("div"),
      );
    },
  };
}

export function createDeliveryLog(place) {
  const list = createDeliveryList();
  const delivery = createDeliveryView();
  let deliveryId;
  let webhookId = "";
  const read = coalesceCalls(() => (deliveryId === undefined ? list.read(webhookId) : delivery.read(deliveryId)));

  return {
    /** `DELIVERY`, `of/WEBHOOK`, or nothing for the log of all. */
    show: async ([first, second]) => {
      webhookId = first === "of" ? second : "";
      deliveryId = first === "of" ? undefined : first;
      place.replaceChildren(deliveryId === undefined ? list.element : delivery.element);
      await read();
    },
    changed: (kinds) =>
      ["delivery", "webhook", "clock", "everything"].some((kind) => kinds.has(kind)) ? read() : undefined,
  };
}
