/** The delivery log: what was sent to which endpoint, what became of it, and delivering it again. */
import { consoleApi, encodeId } from "../api.js";
import { choices } from "../choices.js";
import { coalesceCalls } from "../coalesce.js";
import { h, renderIfChanged, renderList } from "../dom.js";
import { button } from "../elements/button.js";
import { askToConfirm } from "../elements/dialog.js";
import { empty } from "../elements/display.js";
import { select } from "../elements/form.js";
import { toast, toastErrors } from "../elements/toast.js";
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

const statuses = [
  ["", "Whatever became of it"],
  ["delivered", "Delivered"],
  ["failed", "Failed"],
  ["pending", "Pending"],
];

/** Those that are shown, once more: what waits anyway is left, and so is what has no endpoint any more. */
async function replay(deliveries) {
  const ids = deliveries.filter(({ status, webhook }) => status !== "pending" && webhook).map(({ id: each }) => each);
  if (ids.length === 0) {
    toast("None of them can be replayed: they wait already, or their endpoint was removed.");
    return;
  }
  const count = `${ids.length} deliver${ids.length === 1 ? "y" : "ies"}`;
  const text = `Each is a new round of up to four attempts, with the same bytes and the same event id. A receiver that has an event knows it by its id.`;
  if (!(await askToConfirm(`Replay ${count}?`, text, "Replay"))) return;
  const answer = await toastErrors(() => consoleApi.post("replays", { ids }));
  if (answer) toast(`Replayed: ${answer.replayed}.`);
}

/** What narrows the log, beside the endpoint. */
function createNarrowing(changed) {
  const events = choices.eventTypes.map((each) => [each, each]);
  const on = { change: changed };
  const status = select(statuses, "", { "aria-label": "Which outcome", on });
  const eventType = select([["", "Any event"], ...events], "", { "aria-label": "Which event", on });
  return {
    controls: [status, eventType],
    query: () => ({ status: status.value, eventType: eventType.value }),
    isSet: () => status.value !== "" || eventType.value !== "",
  };
}

/** The log of one endpoint, or of all. */
function createDeliveryList(changed) {
  const filter = h("div");
  const items = h("ul", { class: "log" });
  const below = h("div");
  const narrowing = createNarrowing(changed);
  let shown = [];
  const again = button("Replay these", () => replay(shown));
  return {
    element: h(
      "div",
      { class: "delivery-log" },
      h("div", { class: "lead" }, h("p", {}, "The latest hundred, newest first."), again),
      h("div", { class: "filter" }, filter, narrowing.controls),
      items,
      below,
    ),
    read: async (webhookId) => {
      const [{ data }, { data: webhooks }] = await Promise.all([
        consoleApi.get("deliveries", { webhookId, ...narrowing.query() }),
        consoleApi.get("webhooks"),
      ]);
      shown = data;
      again.disabled = data.length === 0;
      const options = webhooks.map(({ id, url }) => [id, url]);
      if (webhookId && !webhooks.some(({ id }) => id === webhookId)) {
        options.push([webhookId, `${webhookId} (removed)`]);
      }
      renderIfChanged(filter, { options, webhookId }, endpointSelect);
      renderList(items, data, (delivery) => delivery.id, deliveryItem);
      renderIfChanged(below, { count: data.length, isNarrow: narrowing.isSet() }, ({ count, isNarrow }) => {
        if (count > 0) return h("div");
        return isNarrow
          ? empty("None of them fits", "Choose another outcome, or another event.")
          : empty("Nothing was delivered yet", "Register an endpoint, then let something happen in the inbox.");
      });
    },
  };
}

export function createDeliveryLog(place) {
  const list = createDeliveryList(() => read());
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
