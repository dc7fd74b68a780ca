/** The box to write in: as the customer, as the teammate who answers, or with a template. */
import { h } from "../../dom.js";
import { toast, toastErrors } from "../../elements/toast.js";
import { updateEverySecond } from "../../time/server-clock.js";
import { isWindowClosed } from "../window.js";
import { forgetDraft, keepDraft, readDraft } from "./drafts.js";
import { createTemplateFields } from "./template-fields.js";
import { createVoiceChoice } from "./voice-choice.js";
import { voices } from "./voices.js";

/** What was begun here is gone on with; else one answers, with a template where nothing else may be sent. */
function chooseVoice(conversation, draft) {
  if (draft && Object.hasOwn(voices, draft.voice) && voices[draft.voice].isOffered(conversation)) return draft.voice;
  return isWindowClosed(conversation) ? "template" : "agent";
}

/**
 * @param sent is told the message
 * @param leave is called when somebody turns from writing to reading
 */
export function createComposer({ sent, leave }) {
  let conversation;
  let voice = "agent";
  const choice = createVoiceChoice((chosen) => {
    voice = chosen;
    keep();
    draw();
  });
  const template = createTemplateFields();
  const { element, text, note, failure, send } = composerForm(choice.element, template.element, {
    submit,
    keep,
    leave,
  });
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

  function keep() {
    if (conversation) keepDraft(conversation.id, { text: text.value, voice });
  }

  /** What was sent is no draft any longer; what was written meanwhile is. */
  function forget(from, content) {
    if (from.id !== conversation?.id) return forgetDraft(from.id);
    if (text.value === content) text.value = "";
    template.clear();
    keep();
  }

  async function submit() {
    const from = conversation;
    const content = text.value;
    failure.textContent = "";
    send.disabled = true;
    try {
      const message = await voices[voice].send(from, { text: content, readTemplate: template.read });
      forget(from, content);
      sent(message);
    } catch (error) {
      if (from.id === conversation?.id) failure.textContent = error.message;
      else toast(error.message, "bad");
    }
    draw();
    if (from.id === conversation?.id && voice !== "template") text.focus();
  }

  return {
    element,
    show: (shown, contact) => {
      const isOther = shown.id !== conversation?.id;
      conversation = shown;
      template.setContact(contact);
      if (isOther) {
        const draft = readDraft(shown.id);
        voice = chooseVoice(shown, draft);
        text.value = typeof draft?.text === "string" ? draft.text : "";
      }
      draw();
      if (isOther) toastErrors(template.startOver);
    },
    focus: () => (voice === "template" ? template.element.querySelector("select, input") : text)?.focus(),
    templatesChanged: () => (conversation ? template.refresh() : undefined),
    clear: () => {
      conversation = undefined;
      failure.textContent = "";
      text.value = "";
      template.clear();
    },
  };
}

/** The form, and the parts of it that change. */
function composerForm(choice, template, { submit, keep, leave }) {
  const text = h("textarea", { id: "compose", rows: "2", "aria-label": "Message", dir: "auto", on: { input: keep } });
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
          if (event.key === "Escape") leave();
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
