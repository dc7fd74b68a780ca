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

/** What `state` (`conversation`, `voice`, `sending`) says is shown. */
function draw({ conversation, voice, sending }, { choice, text, note, send, template }) {
  text.readOnly = conversation === undefined;
  send.disabled = !conversation || sending.has(conversation.id) || !voices[voice].canSend(conversation);
  if (!conversation) return;
  const { hint } = voices[voice];
  choice.show(voice, conversation);
  text.hidden = voice === "template";
  template.element.hidden = voice !== "template";
  const words = hint(conversation);
  if (note.textContent !== words) note.textContent = words;
}

function keep({ conversation, voice }, { text }) {
  if (conversation) keepDraft(conversation.id, { text: text.value, voice });
}

/** What was sent is no draft any longer; what was written meanwhile is. */
function forgetSent(state, parts, { from, content }) {
  if (from.id !== state.conversation?.id) return forgetDraft(from.id);
  if (parts.text.value === content) parts.text.value = "";
  parts.template.clear();
  keep(state, parts);
}

/** Somebody may open another conversation meanwhile: what comes of this one is not said there. */
async function submit(state, parts, sent) {
  const { conversation: from, voice } = state;
  const { text, failure, send, template } = parts;
  // A key that is held down, or pressed again, sends by the form, whatever its button says.
  if (send.disabled) return;
  const content = text.value;
  failure.textContent = "";
  state.sending.add(from.id);
  draw(state, parts);
  try {
    const message = await voices[voice].send(from, { text: content, readTemplate: template.read });
    forgetSent(state, parts, { from, content });
    sent(message);
  } catch (error) {
    if (from.id === state.conversation?.id) failure.textContent = error.message;
    else toast(error.message, "bad");
  } finally {
    state.sending.delete(from.id);
  }
  draw(state, parts);
  if (from.id === state.conversation?.id && state.voice !== "template") text.focus();
}

/**
 * @param sent is told the message
 * @param leave is called when somebody turns from writing to reading
 */
export function createComposer({ sent, leave }) {
  /** `sending`: of which conversations a message still goes out. */
  const state = { conversation: undefined, voice: "agent", sending: new Set() };
  const choice = createVoiceChoice((chosen) => {
    state.voice = chosen;
    keep(state, parts);
    draw(state, parts);
  });
  const template = createTemplateFields();
  const { element, ...controls } = composerForm(choice.element, template.element, {
    submit: () => submit(state, parts, sent),
    keep: () => keep(state, parts),
    leave,
  });
  const parts = { choice, template, ...controls };
  const { text, failure } = controls;
  // The window may close while somebody writes.
  updateEverySecond(controls.note, () => draw(state, parts));

  return {
    element,
    show: (shown, contact) => {
      const isOther = shown.id !== state.conversation?.id;
      state.conversation = shown;
      template.setContact(contact);
      if (isOther) {
        const draft = readDraft(shown.id);
        state.voice = chooseVoice(shown, draft);
        text.value = typeof draft?.text === "string" ? draft.text : "";
      }
      draw(state, parts);
      if (isOther) toastErrors(template.startOver);
    },
    focus: () => (state.voice === "template" ? template.element.querySelector("select, input") : text)?.focus(),
    templatesChanged: () => (state.conversation ? template.refresh() : undefined),
    clear: () => {
      state.conversation = undefined;
      failure.textContent = "";
      text.value = "";
      template.clear();
      draw(state, parts);
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
