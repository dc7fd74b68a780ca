/** What a request carried and what it was answered: read when somebody opens it. */
import { consoleApi, encodeId } from "../api.js";
import { h } from "../dom.js";
import { button, copyButton } from "../elements/button.js";
import { block, chip, toStatusKind } from "../elements/display.js";
import { jsonBlock } from "../elements/json.js";
import { toast, toastErrors } from "../elements/toast.js";
import { toCurl } from "./curl.js";

function formatHeaders(headers) {
  return headers.map(([name, value]) => `${name}: ${value}`).join("\n");
}

/** One side: headers and body. */
function sideItem(title, { headers, body }, whose) {
  return h(
    "section",
    { class: "side-of-exchange", "aria-label": `${title} of ${whose}` },
    h("h3", {}, title),
    headers.length > 0 && block(formatHeaders(headers), `Headers of the ${title.toLowerCase()} of ${whose}`),
    body.text !== null && jsonBlock(body.text, `Body of the ${title.toLowerCase()} of ${whose}`),
    (body.note ?? (body.text === null && "Without a body.")) &&
      h("p", { class: "soft" }, body.note ?? "Without a body."),
  );
}

/** The request as a command; what is masked in it is not sent. */
function describeCurl(line, request) {
  const text = toCurl({
    method: line.method,
    url: location.origin + line.path,
    headers: request.headers,
    body: request.body.text,
    ...(line.keyPrefix === null && { key: null }),
  });
  return { text, isMasked: text.includes("[masked]") };
}

/** @param made what the server says came of it */
function tellOutcome({ status, failure }) {
  if (failure !== null) toast(`Sent again: ${status === null ? "no answer" : status}, ${failure}`, "bad");
  else toast(`Sent again: answered ${status}.`, status < 400 ? "plain" : "bad");
}

function exchangeItem({ line, exchange }) {
  const { requestId } = line;
  if (exchange === null)
    return h("p", { class: "soft" }, "What it carried is not kept any more: there have been many since.");
  const curl = describeCurl(line, exchange.request);
  const again = button("Send again", async () => {
    again.disabled = true;
    const made = await toastErrors(() => consoleApi.post(`requests/${encodeId(requestId)}/again`));
    if (made) tellOutcome(made);
    again.disabled = false;
  });
  return h(
    "div",
    { class: "exchange" },
    h(
      "div",
      { class: "buttons" },
      copyButton(curl.text, "Copy as curl"),
      exchange.notSentAgain === null
        ? again
        : h("span", { class: "soft" }, `It cannot be sent again. ${exchange.notSentAgain}`),
    ),
    curl.isMasked &&
      h("p", { class: "soft" }, "Secrets are masked: in the command, put yours in the place of [masked]."),
    h(
      "div",
      { class: "sides" },
      sideItem("Request", exchange.request, requestId),
      sideItem("Answer", exchange.answer, requestId),
    ),
  );
}

/** Reads it once, when its row is opened. */
export function createExchangeView(requestId) {
  const element = h("div", { class: "exchange-place" });
  let isRead = false;
  return {
    element,
    read: async () => {
      if (isRead) return;
      isRead = true;
      const found = await toastErrors(() => consoleApi.get(`requests/${encodeId(requestId)}`));
      if (found) element.replaceChildren(exchangeItem(found));
      else isRead = false;
    },
  };
}

/** What came of a request that a page made: its status, how long it took, headers and body. */
export function madeItem({ status, durationMs, headers, body, failure }, label) {
  return h(
    "div",
    { class: "made" },
    h(
      "p",
      { class: "made-line" },
      chip(status ?? "no answer", toStatusKind(status)),
      h("span", { class: "soft number" }, `${durationMs} ms`),
      failure !== null && h("span", { class: "failure" }, failure),
    ),
    headers.length > 0 &&
      h("details", {}, h("summary", {}, "Headers"), block(formatHeaders(headers), `Headers of the answer to ${label}`)),
    body !== "" && jsonBlock(body, `Answer to ${label}`),
  );
}
