/** The approval pages: sign-in, the messages that wait, one of them with its conversation. */
import { html } from "hono/html";
import type { Message } from "../../src/api/index.ts";
import { getInput, type ProposalState, type ProposalStatus } from "../../src/proposals/proposal.ts";
import { removeHiddenCharacters } from "../../src/visible-text.ts";
import { countHidden, type Html, renderInline, renderText, renderTime } from "./layout.ts";
import type { Session } from "./session.ts";

export function renderSignIn(next: string, problem?: string): Html {
  return html`<form class="card" method="post" action="/approvals/sign-in">
<p>Assistants propose messages here; only a person sends them.</p>
${problem && html`<p class="warning" role="alert">${problem}</p>`}
<input type="hidden" name="next" value="${next}">
<label>Your name, for the record <input name="name" autocomplete="name" maxlength="60"></label>
<label>Operator token <input name="token" type="password" autocomplete="current-password" required></label>
<p class="soft">The token is ONSYNC_APPROVAL_TOKEN of the server, or what it printed when it started.</p>
<button>Sign in</button>
</form>`;
}

export function renderList(statuses: readonly ProposalStatus[], session: Session): Html {
  const waiting = statuses.filter(({ state }) => state === "proposed");
  const open = statuses.filter(({ state }) => ["claimed", "unknown", "not_sent"].includes(state));
  const done = statuses.filter(({ state }) => ["sent", "declined", "expired"].includes(state)).slice(0, 20);
  return html`<h2>${waiting.length === 0 ? "Nothing waits for you" : `${waiting.length} waiting for you`}</h2>
${waiting.map((status) => renderCard(status, session))}
${open.length > 0 && html`<h2>Approved, and not known to be sent</h2>${open.map((status) => renderCard(status, session))}`}
${done.length > 0 && html`<h2>Decided</h2><ul class="plain">${done.map(renderDone)}</ul>`}
<p><a href="/approvals">Look again</a></p>`;
}

export function renderDetail(
  status: ProposalStatus,
  session: Session,
  messages: readonly Message[] | null,
  notice: Html | "",
): Html {
  return html`${notice}${renderCard(status, session)}
<h2>The conversation</h2>
${
  messages === null
    ? html`<p class="soft">It cannot be read now.</p>`
    : messages.length === 0
      ? html`<p class="soft">There are no messages in it yet.</p>`
      : messages.map(renderMessage)
}
<p><a href="/approvals">All messages</a></p>`;
}

function renderMessage({ direction, createdAt, content, type }: Message): Html {
  const isCustomer = direction === "inbound";
  return html`<p class="soft">${isCustomer ? "The customer" : "Sent from OnSync"}, ${renderTime(String(createdAt))}</p>
${renderText(typeof content === "string" ? content : `(${type})`, isCustomer ? "customer" : "ours")}`;
}

const stateWords: Record<ProposalState, string> = {
  proposed: "Waits for you",
  claimed: "Being sent now",
  sent: "Sent",
  not_sent: "Not sent",
  unknown: "Nobody can tell whether it was sent",
  declined: "Declined",
  expired: "Expired",
};

/** What became of it, in a sentence that a person understands. */
export function describeStatus({ state, decision, reason }: ProposalStatus): string {
  const by = decision ? ` ${decision.approved ? "approved" : "declined"} by ${decision.by}` : "";
  const edited = decision?.approved && decision.edited ? ", edited" : "";
  return `${stateWords[state]}${by && `,${by}`}${edited}${reason === null ? "" : `: ${reason}`}`;
}

function renderDone(status: ProposalStatus): Html {
  const { proposal, decision } = status;
  return html`<li class="card"><p class="to">${renderInline(getAddress(status))}</p>
<p class="soft"><a href="/approvals/${proposal.id}">${renderInline(describeStatus(status))}</a>, ${renderTime(decision?.at ?? proposal.expiresAt)}</p></li>`;
}

function getAddress(status: ProposalStatus): string {
  const { platform, to } = getInput(status);
  return `${platform}: ${to}`;
}

/** The whole message, and what can be done about it. */
function renderCard(status: ProposalStatus, session: Session): Html {
  const { proposal, state } = status;
  const input = getInput(status);
  const isOpen = state === "proposed" || state === "not_sent" || state === "unknown";
  return html`<article class="card">
<p class="to">To ${renderInline(getAddress(status))}</p>
${renderContent(input)}
<p class="soft">Proposed${proposal.proposedBy === null ? "" : html` by ${renderInline(proposal.proposedBy)}`}, ${renderTime(proposal.proposedAt)}.
${state === "proposed" && html`Until ${renderTime(proposal.expiresAt)}. <a href="/approvals/${proposal.id}">See the conversation</a>`}</p>
${state !== "proposed" && html`<p class="state">${renderInline(describeStatus(status))}</p>`}
${isOpen && renderActions(status, session)}
</article>`;
}

/** Every field of what is sent: the text first, then whatever else goes with it. */
function renderContent({ platform: _platform, to: _to, content, ...others }: Record<string, unknown>): Html {
  const rest = Object.entries(others).filter(([, value]) => !(Array.isArray(value) && value.length === 0));
  const texts = [...(content === undefined ? [] : [String(content)]), ...rest.map(([, value]) => formatValue(value))];
  const hidden = texts.reduce((sum, text) => sum + countHidden(text), 0);
  return html`${content !== undefined && renderText(String(content))}
${rest.map(([name, value]) => html`<p class="soft">${name}</p>${renderText(formatValue(value))}`)}
${hidden > 0 && html`<p class="warning">It has ${hidden} ${hidden === 1 ? "character" : "characters"} that nobody sees, marked above: an assistant seldom needs them. Edit it to send it without.</p>`}`;
}

function formatValue(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value, null, 2);
}

function renderActions({ proposal, state }: ProposalStatus, { formToken }: Session): Html {
  const { id, input } = proposal;
  const form = html`<input type="hidden" name="form" value="${formToken}">`;
  const isNew = state === "proposed";
  return html`<div class="actions">
<form method="post" action="/approvals/${id}/approve">${form}<button>${isNew ? "Send" : "Try again"}</button></form>
${
  isNew &&
  html`<details><summary>Edit</summary><form method="post" action="/approvals/${id}/approve">${form}
<input type="hidden" name="edited" value="yes">${renderEditor(input)}<button>Send this instead</button></form></details>
<details><summary>Decline</summary><form method="post" action="/approvals/${id}/decline">${form}
<label>Reason, for the assistant <input name="reason" maxlength="500"></label><button class="stop">Decline</button></form></details>`
}
</div>`;
}

/** What is edited goes out as it is seen: characters that nobody sees are left out of it. */
function renderEditor({ content, parameters }: Record<string, unknown>): Html {
  if (typeof content === "string")
    return html`<label>Text <textarea name="content" maxlength="4096" dir="auto" required>
${removeHiddenCharacters(content)}</textarea></label>`;
  const values = Array.isArray(parameters) ? parameters.map(String) : [];
  if (values.length === 0) return html`<p class="soft">This template has no values to edit.</p>`;
  return html`${values.map(
    (value, index) =>
      html`<label>Value ${index + 1} <input name="parameter" value="${removeHiddenCharacters(value)}" maxlength="1024" dir="auto" required></label>`,
  )}`;
}
