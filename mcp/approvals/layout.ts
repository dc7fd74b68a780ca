/** What every approval page has around it, and how a text that others wrote stands on it: as text, whole, nothing hidden. */
import { createHash } from "node:crypto";
import { html, raw } from "hono/html";
import { splitHiddenCharacters } from "../../src/visible-text.ts";
import type { Session } from "./session.ts";
import { style } from "./style.ts";

/** A piece of a page. What is put into one is escaped, unless it is one itself. */
export type Html = ReturnType<typeof html>;

/** Nothing but the style above and forms to this server: no script, no frame, no request elsewhere. */
export const pageHeaders = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": [
    "default-src 'none'",
    `style-src 'sha256-${createHash("sha256").update(style).digest("base64")}'`,
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join("; "),
  "x-frame-options": "DENY",
  "x-content-type-options": "nosniff",
  "referrer-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "no-store",
};

export function renderPage(title: string, session: Session | null, content: Html | Html[]): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · OnSync</title>
<style>${raw(style)}</style>
</head>
<body>
<header><h1><a href="/approvals">Approvals</a></h1>${session && renderWho(session)}</header>
<main>${content}</main>
</body>
</html>`;
}

function renderWho({ name, formToken }: Session): Html {
  return html`<form method="post" action="/approvals/sign-out"><input type="hidden" name="form" value="${formToken}">
<span class="soft">Signed in as ${name}</span> <button class="plain">Sign out</button></form>`;
}

/** The whole text; a character that nobody would see stands as its code point. */
export function renderText(text: string, kind: "ours" | "customer" = "ours"): Html {
  return html`<div class="text${kind === "customer" ? " customer" : ""}" dir="auto">${renderInline(text)}</div>`;
}

export function renderInline(text: string): Html[] {
  return splitHiddenCharacters(text).map((part) =>
    part.hidden ? html`<mark title="a character that nobody sees">${part.text}</mark>` : html`${part.text}`,
  );
}

export function countHidden(text: string): number {
  return splitHiddenCharacters(text).filter(({ hidden }) => hidden).length;
}

export function renderTime(iso: string): Html {
  return html`<time datetime="${iso}">${iso.slice(0, 16).replace("T", " ")} UTC</time>`;
}
