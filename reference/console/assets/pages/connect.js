/** Where everything is, and how others are told of it. */
import { own } from "../api.js";
import { h } from "../dom.js";
import { block, copyButton, facts } from "../parts.js";

const withCopy = (text, label) => h("div", { class: "copyable" }, block(text, label), copyButton(text));

export const connectPage = (page) => {
  page.classList.add("sheet");
  return {
    show: async () => {
      const { lead, addresses, assistants, commands, commandsNote } = await own.get("connect");
      page.replaceChildren(
        h("h1", {}, "Connect"),
        h("p", { class: "intro" }, lead),
        facts(
          addresses.map(({ name, value, note, link }) => [
            name,
            value !== null && [h("code", { class: "strong" }, value), copyButton(value)],
            h("p", { class: "soft" }, note, link && [" ", h("a", { href: link.href }, link.text)]),
          ]),
        ),
        ...(assistants.length === 0
          ? []
          : [
              h("h2", {}, "Connect an AI assistant"),
              h("p", { class: "soft" }, "Then ask it: “Who wrote to us today, and what do they need?”"),
              ...assistants.map(({ client, where, text }, index) =>
                h(
                  "details",
                  { class: "assistant", open: index === 0 },
                  h("summary", {}, h("span", { class: "strong" }, client), h("span", { class: "soft" }, ` ${where}`)),
                  withCopy(text, client),
                ),
              ),
            ]),
        ...(commands.length === 0
          ? []
          : [
              h("h2", {}, "Try it from a terminal"),
              ...(commandsNote ? [h("p", { class: "soft" }, commandsNote)] : []),
              ...commands.flatMap(({ title, text }) => [h("h3", {}, title), withCopy(text, title)]),
            ]),
      );
    },
    changed: () => undefined,
  };
};
