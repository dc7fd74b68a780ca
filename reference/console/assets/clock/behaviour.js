/** How the API deviates from what is documented: all of it allowed, so that a client can be tried against it. */
import { controlApi } from "../api.js";
import { choices } from "../choices.js";
import { coalesceCalls } from "../coalesce.js";
import { h, renderIfChanged } from "../dom.js";
import { button } from "../elements/button.js";
import { chip } from "../elements/display.js";
import { field, form, select } from "../elements/form.js";
import { toastErrors } from "../elements/toast.js";

const valueLabels = {
  documented: "platform:address, as documented",
  digits: "Digits on WhatsApp",
  opaque: "Ids that say nothing",
  own: "OnSync's own format",
  framework: "A framework's 404",
  utc: "UTC, with milliseconds",
  zoneless: "Without a zone",
  micros: "With microseconds",
};

function createChoiceSetting(name, help, label) {
  const element = select(
    choices.behaviour[name].map((value) => [value, valueLabels[value] ?? value]),
    choices.behaviour[name][0],
    { name },
  );
  return { name, element, block: field(label, element, help), read: () => element.value };
}

function createNumberSetting(name, help, label, attributes) {
  const element = h("input", { type: "number", name, inputmode: "numeric", ...attributes });
  return {
    name,
    element,
    block: field(label, element, help),
    read: () => (element.value === "" ? undefined : Number(element.value)),
  };
}

function createSettings() {
  return [
    createNumberSetting("historyLagMs", "History leaves out what is younger.", "History lags by, in ms", { min: "0" }),
    createNumberSetting("lateWorkMs", "A request that meets a fault is worked on so much later.", "Late work, in ms", {
      min: "0",
    }),
    createChoiceSetting("conversationIds", undefined, "Conversation ids"),
    createChoiceSetting("notFound", undefined, "What is not found"),
    createNumberSetting("maxPage", "Whatever limit says.", "Longest page", { min: "1", max: "100" }),
    createNumberSetting("refuseLimitOver", "400 for a larger one.", "Largest limit", { min: "1", max: "100" }),
    createChoiceSetting("times", undefined, "Times"),
  ];
}

export function createBehaviourPanel() {
  const all = createSettings();
  const metadata = h("input", { type: "checkbox", name: "historyMetadata", checked: true });
  const state = h("div");
  const settingsForm = form(
    () =>
      controlApi.put("behaviour", {
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
    h("details", { class: "own-fault" }, h("summary", {}, "Make the API behave otherwise"), settingsForm),
  );

  const show = (behaviour) => {
    // What somebody is writing is theirs until it is set.
    if (settingsForm.contains(document.activeElement) && document.activeElement.tagName !== "BUTTON") return;
    for (const { name, element: input } of all) input.value = String(behaviour[name]);
    metadata.checked = behaviour.historyMetadata;
  };
  const read = coalesceCalls(async () => {
    const { requestId: _id, timestamp: _at, ...behaviour } = await controlApi.get("behaviour");
    show(behaviour);
    const different = Object.entries(behaviour).filter(([name, value]) => value !== choices.documented[name]);
    renderIfChanged(state, different, (deviations) =>
      deviations.length === 0
        ? h("p", { class: "soft" }, "As documented.")
        : h(
            "div",
            { class: "buttons" },
            deviations.map(([name, value]) => chip(`${name}: ${value}`, "warn")),
            button("As documented", () => toastErrors(() => controlApi.delete("behaviour"))),
          ),
    );
  });
  return { element, read };
}
