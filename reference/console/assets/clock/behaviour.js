/** How the API deviates from what is documented: all of it allowed, so that a client can be tried against it. */
import { control } from "../api.js";
import { choices } from "../choices.js";
import { h, redraw } from "../dom.js";
import { attempt, button, chip, field, form, select } from "../parts.js";
import { refreshing } from "../refresh.js";

const words = {
  documented: "platform:address, as documented",
  digits: "Digits on WhatsApp",
  opaque: "Ids that say nothing",
  own: "OnSync's own format",
  framework: "A framework's 404",
  utc: "UTC, with milliseconds",
  zoneless: "Without a zone",
  micros: "With microseconds",
};

function chosenOf(name, help, label) {
  const element = select(
    choices.behaviour[name].map((value) => [value, words[value] ?? value]),
    choices.behaviour[name][0],
    { name },
  );
  return { name, element, block: field(label, element, help), read: () => element.value };
}

function numberOf(name, help, label, attributes) {
  const element = h("input", { type: "number", name, inputmode: "numeric", ...attributes });
  return {
    name,
    element,
    block: field(label, element, help),
    read: () => (element.value === "" ? undefined : Number(element.value)),
  };
}

function settings() {
  return [
    numberOf("historyLagMs", "History leaves out what is younger.", "History lags by, in ms", { min: "0" }),
    numberOf("lateWorkMs", "A request that meets a fault is worked on so much later.", "Late work, in ms", {
      min: "0",
    }),
    chosenOf("conversationIds", undefined, "Conversation ids"),
    chosenOf("notFound", undefined, "What is not found"),
    numberOf("maxPage", "Whatever limit says.", "Longest page", { min: "1", max: "100" }),
    numberOf("refuseLimitOver", "400 for a larger one.", "Largest limit", { min: "1", max: "100" }),
    chosenOf("times", undefined, "Times"),
  ];
}

export function createBehaviourPanel() {
  const all = settings();
  const metadata = h("input", { type: "checkbox", name: "historyMetadata", checked: true });
  const state = h("div");
  const settled = form(
    () =>
      control.put("behaviour", {
        ...Object.fromEntries(all.map(({ name, read }) => [name, read()])),
        historyMetadata: metadata.checked,
      }),
    { label: "Set the behaviour" },
    h(
      "div",
      { class: "grid" },
      all.map(({ block }) => block),
    ),
    h("label", { class: "check" }, metadata, " History carries metadata"),
  );
  const element = h(
    "section",
    { "aria-labelledby": "behaviour-title" },
    h("h2", { id: "behaviour-title" }, "Behaviour"),
    h(
      "p",
      { class: "soft" },
      "What the API's documentation leaves open, and your code must survive. It holds for the API and its events until it is set back.",
    ),
    state,
    h("details", { class: "own-fault" }, h("summary", {}, "Make the API behave otherwise"), settled),
  );

  const show = (behaviour) => {
    // What somebody is writing is theirs until it is set.
    if (settled.contains(document.activeElement) && document.activeElement.tagName !== "BUTTON") return;
    for (const { name, element: input } of all) input.value = String(behaviour[name]);
    metadata.checked = behaviour.historyMetadata;
  };
  const read = refreshing(async () => {
    const { requestId: _id, timestamp: _at, ...behaviour } = await control.get("behaviour");
    show(behaviour);
    const different = Object.entries(behaviour).filter(([name, value]) => value !== choices.documented[name]);
    redraw(state, different, (deviations) =>
      deviations.length === 0
        ? h("p", { class: "soft" }, "As documented.")
        : h(
            "div",
            { class: "buttons" },
            deviations.map(([name, value]) => chip(`${name}: ${value}`, "warn")),
            button("As documented", () => attempt(() => control.delete("behaviour"))),
          ),
    );
  });
  return { element, read };
}
