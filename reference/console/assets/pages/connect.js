/** Where everything is, and how others are told of it. */
import { consoleApi } from "../api.js";
import { h, userText } from "../dom.js";
import { copyButton } from "../elements/button.js";
import { block, facts } from "../elements/display.js";
import { getCurrentOrg, getDefaultOrg } from "../org/choice.js";

function copyableBlock(text, label) {
  return h("div", { class: "copyable" }, block(text, label), copyButton(text));
}

/** The reference was started with a key of its default org; of the others' it knows only hashes. */
function otherOrgNotice() {
  const [org, first] = [getCurrentOrg(), getDefaultOrg()];
  if (org === first) return [];
  return [
    h(
      "p",
      { class: "notice" },
      "What follows opens the org ",
      userText(first.name),
      ". For ",
      userText(org.name),
      " make a key under ",
      h("a", { href: "#/settings/keys" }, "API & Webhooks"),
      ", and put it in the place of the one below. The control API takes its id, ",
      h("code", {}, org.id),
      ", as ",
      h("code", {}, "orgId"),
      ".",
    ),
  ];
}

export function connectPage(page) {
  page.classList.add("sheet");
  return {
    show: async () => {
      const { lead, addresses, assistants, commands, commandsNote } = await consoleApi.get("connect");
      page.replaceChildren(
        h("h1", {}, "Connect"),
        h("p", { class: "intro" }, lead),
        ...otherOrgNotice(),
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
                  copyableBlock(text, client),
                ),
              ),
            ]),
        ...(commands.length === 0
          ? []
          : [
              h("h2", {}, "Try it from a terminal"),
              ...(commandsNote ? [h("p", { class: "soft" }, commandsNote)] : []),
              ...commands.flatMap(({ title, text }) => [h("h3", {}, title), copyableBlock(text, title)]),
            ]),
      );
    },
    changed: () => undefined,
  };
}
