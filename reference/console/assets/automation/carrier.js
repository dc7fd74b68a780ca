/** The sandbox's carrier: what becomes of messages once they are sent. */
import { controlApi } from "../api.js";
import { coalesceCalls } from "../coalesce.js";
import { h } from "../dom.js";
import { field, form, select } from "../elements/form.js";

const modes = [
  ["delivers", "Delivers: sent, delivered, read"],
  ["fails", "Fails: sent, then failed"],
  ["off", "Off: they stay queued"],
];

const times = [
  ["sentAfterMs", "Sent after, in ms"],
  ["deliveredAfterMs", "Delivered or failed after, in ms"],
  ["readAfterMs", "Read after, in ms"],
];

export function createCarrierPanel() {
  const mode = select(modes, "off", { name: "mode" });
  const inputs = times.map(([name, label]) => ({
    name,
    label,
    input: h("input", { type: "number", name, min: "0", inputmode: "numeric" }),
  }));
  const settings = form(
    () =>
      controlApi.put("carrier", {
        mode: mode.value,
        ...Object.fromEntries(
          inputs.filter(({ input }) => input.value !== "").map(({ name, input }) => [name, Number(input.value)]),
        ),
      }),
    { label: "Set the carrier", kind: "quiet" },
    h("div", { class: "grid" }, field("Messages", mode), ...inputs.map(({ label, input }) => field(label, input))),
  );
  const element = h(
    "section",
    { "aria-labelledby": "carrier-title" },
    h("h2", { id: "carrier-title" }, "Carrier"),
    h(
      "p",
      { class: "soft" },
      "It stands in for WhatsApp and the others: a message that is sent goes on by itself, by the clock of this server and for every org. No message leaves this machine.",
    ),
    settings,
  );
  const read = coalesceCalls(async () => {
    const carrier = await controlApi.get("carrier");
    // What somebody is writing is theirs until it is set.
    if (settings.contains(document.activeElement) && document.activeElement.tagName !== "BUTTON") return;
    mode.value = carrier.mode;
    for (const { name, input } of inputs) input.value = String(carrier[name]);
  });
  return { element, read };
}
