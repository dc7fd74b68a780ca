/** A template as the customer's phone shows it. */
import { h, userText } from "../dom.js";
import { findPart, splitAtVariables } from "../template-text.js";

const mediaWords = { IMAGE: "Picture", VIDEO: "Video", DOCUMENT: "Document", LOCATION: "Location" };

function variableText(text, tag, attributes) {
  return userText(
    splitAtVariables(text).map((piece, index) => (index % 2 === 1 ? h("span", { class: "variable" }, piece) : piece)),
    tag,
    attributes,
  );
}

function headerItem(part) {
  if (!part) return null;
  const media = mediaWords[String(part.format ?? "").toUpperCase()];
  if (media) return h("p", { class: "phone-media" }, media);
  return part.text && variableText(part.text, "p", { class: "phone-header" });
}

/** The buttons of a template, as they are kept. */
export function listButtons(template) {
  const { buttons } = findPart(template, "buttons") ?? {};
  return Array.isArray(buttons) ? buttons.filter((each) => typeof each === "object" && each !== null) : [];
}

export function templatePreview(template) {
  const [header, body, footer] = ["header", "body", "footer"].map((type) => findPart(template, type));
  const buttons = listButtons(template);
  const isEmpty = !header && !body?.text && !footer?.text && buttons.length === 0;
  return h(
    "figure",
    { class: "phone", "aria-label": "As on a phone" },
    h(
      "div",
      { class: "phone-bubble" },
      headerItem(header),
      body?.text && variableText(body.text, "p", { class: "phone-body" }),
      footer?.text && userText(footer.text, "p", { class: "phone-footer" }),
      isEmpty && h("p", { class: "phone-footer" }, "Nothing yet"),
    ),
    buttons.length > 0 &&
      h(
        "ul",
        { class: "phone-buttons" },
        buttons.map(({ type, text }) =>
          h(
            "li",
            { class: `phone-button ${String(type).toLowerCase() === "url" ? "link" : ""}` },
            userText(String(text ?? type ?? "")),
          ),
        ),
      ),
  );
}
