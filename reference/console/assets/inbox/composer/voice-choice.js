/** The choice of as whom one writes. */
import { h } from "../../dom.js";
import { voices } from "./voices.js";

/** @param changed is given the voice that a person chose */
export function createVoiceChoice(changed) {
  const radios = Object.entries(voices).map(([voice, { label, isOffered }]) => {
    const input = h("input", { type: "radio", name: "voice", value: voice, on: { change: () => changed(voice) } });
    return { voice, isOffered, input, label: h("label", {}, input, h("span", {}, label)) };
  });
  return {
    element: h("fieldset", { class: "segments" }, h("legend", {}, "Write as"), ...radios.map(({ label }) => label)),
    show: (chosen, conversation) => {
      for (const { voice, isOffered, input, label } of radios) {
        label.hidden = !isOffered(conversation);
        input.checked = voice === chosen;
      }
    },
  };
}
