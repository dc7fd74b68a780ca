/** The box to write in: as the customer, as the teammate who answers, or with a template. */
import { h } from "../dom.js";
import { toastErrors } from "../elements/toast.js";
import { updateEverySecond } from "../time/server-clock.js";
import { createTemplateFields } from "./template-fields.js";
import { createVoiceChoice } from "./voice-choice.js";
import { voices } from "./voices.js";
import { isWindowClosed } from "./window.js";

export function createComposer() {
  let conversation;
  let voice = "agent";
  const choice = createVoiceChoice((chosen) => {
    voice = chosen;
    draw();
  });
  const template = createTemplateFields();
  const { element, text, note, failure, send } = composerForm(choice.element, template.element, submit);
  // The window may close while somebody writes.
  updateEverySecond(note, draw);

  function draw() {
    if (!conversation) return;
    const { canSend, hint } = voices[voice];
    choice.show(voice, conversation);
    text.hidden = voice === "template";
    template.element.hidden = voice !== "template";
    send.disabled = !canSend(conversation);
    const words = hint(conversation);
    if (note.textContent !== words) note.textContent = words;
  }

  function clearInputs() {
    text.value = "";
    template.clear();
  }

  async function submit() {
    failure.textContent = "";
    send.disabled = true;
    try {
      await voices[voice].send(conversation, { text: text.value, readTemplate: template.read });
      clearInputs();
    } catch (error) {
      failure.textContent = error.message;
    }
    draw();
    if (voice !== "template") text.focus();
  }

  return {
    element,
    show: (shown, contact) => {
      const isOther = shown.id !== conversation?.id;
      conversation = shown;
      template.setContact(contact);
      if (isOther) voice = isWindowClosed(shown) ? "template" : "agent";
      draw();
      if (isOther) toastErrors(template.startOver);
    },
    templatesChanged: () => (conversation ? template.refresh() : undefined),
    clear: () => {
      conversation = undefined;
      failure.textContent = "";
      clearInputs();
    },
  };
}

/** The form, and the parts of it that change. */
function composerForm(choice, template, submit) {
  const text = h("textarea", { id: "compose", rows: "2", "aria-label": "Message", dir: "auto" });
  const note = h("p", { class: "compose-note", id: "compose-note" });
  const failure = h("p", { class: "failure", role: "alert" });
  const send = h("button", { type: "submit", class: "primary", "aria-describedby": "compose-note" }, "Send");
  const element = h(
    "form",
    {
      class: "composer",
      on: {
        submit: (event) => {
          event.preventDefault();
          submit();
        },
        keydown: (event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) element.requestSubmit(send);
        },
      },
    },
    choice,
    text,
    template,
    failure,
    h("div", { class: "compose-foot" }, note, send),
  );
  return { element, text, note, failure, send };
}
