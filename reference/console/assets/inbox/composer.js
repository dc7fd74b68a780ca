/** The box to write in: as the customer, as the teammate who answers, or with a template. */
import { control, own } from "../api.js";
import { h } from "../dom.js";
import { inOrg } from "../org.js";
import { attempt } from "../parts.js";
import { withTime } from "../time.js";
import { templateFields } from "./template-fields.js";
import { isClosed } from "./window.js";

const voices = [
  ["agent", "Agent"],
  ["customer", "Customer"],
  ["template", "Template"],
];

export function createComposer() {
  let conversation;
  let voice = "agent";

  const text = h("textarea", { id: "compose", rows: "2", "aria-label": "Message", dir: "auto" });
  const note = h("p", { class: "compose-note", id: "compose-note" });
  const failure = h("p", { class: "failure", role: "alert" });
  const send = h("button", { type: "submit", class: "primary", "aria-describedby": "compose-note" }, "Send");
  const template = templateFields();
  const radios = voices.map(([value, label]) => {
    const input = h("input", {
      type: "radio",
      name: "voice",
      value,
      checked: value === voice,
      on: {
        change: () => {
          voice = value;
          draw();
        },
      },
    });
    return { value, input, label: h("label", {}, input, h("span", {}, label)) };
  });

  const draw = () => {
    if (!conversation) return;
    const { platform, assignee } = conversation;
    for (const { value, input, label } of radios) {
      label.hidden = value === "template" && platform !== "whatsapp";
      input.checked = value === voice;
    }
    const closed = voice === "agent" && isClosed(conversation);
    text.hidden = voice === "template";
    template.element.hidden = voice !== "template";
    send.disabled = closed;
    const hint = {
      agent: closed
        ? "The 24-hour window is closed: WhatsApp takes a template only, until the customer writes again."
        : `Sent as ${assignee?.name ?? "the team"} from the inbox. Ctrl + Enter sends.`,
      customer: "Arrives as if the customer had written it. Ctrl + Enter sends.",
      template: "Approved templates reach the customer outside the window, too.",
    }[voice];
    if (note.textContent !== hint) note.textContent = hint;
  };

  const sendIt = async () => {
    const { platform, address, assignee } = conversation;
    const metadata = { source: "inbox", ...(assignee && { agent: assignee.name }) };
    if (voice === "customer") await control.post("inbound", inOrg({ platform, from: address, content: text.value }));
    else if (voice === "agent") {
      await own.post("messages", { platform, to: address, messageType: "text", content: text.value, metadata });
    } else {
      await own.post("messages", {
        platform,
        to: address,
        messageType: "template",
        metadata: { ...metadata, template: template.value() },
      });
    }
    text.value = "";
    template.clear();
  };

  const element = h(
    "form",
    {
      class: "composer",
      on: {
        submit: async (event) => {
          event.preventDefault();
          failure.textContent = "";
          send.disabled = true;
          try {
            await sendIt();
          } catch (error) {
            failure.textContent = error.message;
          }
          draw();
          if (voice !== "template") text.focus();
        },
        keydown: (event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) element.requestSubmit(send);
        },
      },
    },
    h("fieldset", { class: "segments" }, h("legend", {}, "Write as"), ...radios.map(({ label }) => label)),
    text,
    template.element,
    failure,
    h("div", { class: "compose-foot" }, note, send),
  );
  // The window may close while somebody writes.
  withTime(note, draw);

  return {
    element,
    show: (shown, contact) => {
      const other = shown.id !== conversation?.id;
      conversation = shown;
      template.person(contact);
      if (other) voice = isClosed(shown) ? "template" : "agent";
      draw();
      if (other) attempt(template.load);
    },
    templatesChanged: () => (conversation ? template.refresh() : undefined),
    clear: () => {
      conversation = undefined;
      text.value = "";
      failure.textContent = "";
      template.clear();
    },
  };
}
