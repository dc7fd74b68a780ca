/** The page at `/`: what is where, and what to try first. One file, no script, nothing loaded from elsewhere. */
import type { Connect } from "../../reference/index.ts";
import { version } from "../version.ts";
import { createConnectPage } from "./connect-page.ts";
import type { Site } from "./site.ts";

const escapes: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => escapes[character] as string);
}

function renderCode(text: string): string {
  return `<code>${escapeHtml(text)}</code>`;
}

// A region that scrolls must be reachable by keyboard.
function renderBlock(text: string, label: string): string {
  return `<pre tabindex="0" role="region" aria-label="${escapeHtml(label)}"><code>${escapeHtml(text)}</code></pre>`;
}

function renderRow(name: string, value: string, note: string): string {
  return `<div><dt>${name}</dt><dd>${value}<p>${note}</p></dd></div>`;
}

const style = `
:root { color-scheme: light dark; --ink: #1d2126; --soft: #5a6470; --paper: #fbfbf9; --sheet: #f0f1ee; --line: #dcded9; --accent: #0b6b57; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e7e9e6; --soft: #a3acb3; --paper: #15181b; --sheet: #1e2327; --line: #31383d; --accent: #6fd3b8; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.6 system-ui, sans-serif; -webkit-text-size-adjust: 100%; }
main, footer { max-width: 46rem; margin: 0 auto; padding: 0 1.25rem; }
main { padding-top: clamp(2rem, 8vw, 4.5rem); }
h1 { margin: 0 0 .5rem; font-size: clamp(1.6rem, 5vw, 2.1rem); line-height: 1.2; letter-spacing: -.015em; }
h2 { margin: 3rem 0 .75rem; font-size: 1.15rem; line-height: 1.3; }
h3 { margin: 1.5rem 0 .4rem; font-size: 1rem; font-weight: 600; }
p { margin: 0 0 .75rem; }
.lead { font-size: 1.1rem; color: var(--soft); max-width: 38rem; }
a { color: var(--accent); text-underline-offset: .15em; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
dl { margin: 0; border-top: 1px solid var(--line); }
dl > div { display: grid; grid-template-columns: 7rem 1fr; gap: .25rem 1rem; padding: .8rem 0; border-bottom: 1px solid var(--line); }
dt { font-weight: 600; }
dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
dd p { margin: .15rem 0 0; color: var(--soft); font-size: .92rem; }
code { font: .9em/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
pre { margin: 0 0 .75rem; padding: .85rem 1rem; overflow-x: auto; background: var(--sheet); border: 1px solid var(--line); border-radius: .5rem; tab-size: 2; }
pre code { font-size: .84rem; }
details { border-bottom: 1px solid var(--line); padding: .55rem 0; }
details:first-of-type { border-top: 1px solid var(--line); }
summary { cursor: pointer; font-weight: 600; padding: .2rem 0; }
summary span { font-weight: 400; color: var(--soft); font-size: .92rem; margin-left: .4rem; }
details pre { margin-top: .6rem; }
footer { padding-top: 1rem; padding-bottom: 3rem; margin-top: 3rem; color: var(--soft); font-size: .9rem; }
@media (max-width: 34rem) { dl > div { grid-template-columns: 1fr; } }
`;

type Address = Connect["addresses"][number];

function renderAddress({ name, value, note, link }: Address): string {
  return renderRow(
    escapeHtml(name),
    value === null ? "" : renderCode(value),
    `${escapeHtml(note)}${link ? ` <a href="${escapeHtml(link.href)}">${escapeHtml(link.text)}</a>` : ""}`,
  );
}

function renderCommands({ commands, commandsNote }: Connect): string {
  return commands.length === 0
    ? ""
    : `<h2>Try it from a terminal</h2>
<p>${escapeHtml(commandsNote ?? "")}</p>
${commands.map(({ title, text }) => `<h3>${escapeHtml(title)}</h3>\n${renderBlock(text, title)}`).join("\n")}`;
}

function renderAssistant({ client, where, text }: Connect["assistants"][number], index: number): string {
  return `<details${index === 0 ? " open" : ""}><summary>${escapeHtml(client)}<span>${escapeHtml(where)}</span></summary>${renderBlock(text, client)}</details>`;
}

function renderPage(connect: Connect): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>OnSync Automation</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<main>
<h1>OnSync Automation</h1>
<p class="lead">${escapeHtml(connect.lead)}</p>
<h2>What is where</h2>
<dl>${connect.addresses.map(renderAddress).join("\n")}</dl>
<h2>Connect an AI assistant</h2>
<p>Then ask it: “Who wrote to us today, and what do they need?”</p>
${connect.assistants.map(renderAssistant).join("\n")}
${renderCommands(connect)}
</main>
<footer>onsync-automation ${escapeHtml(version)}</footer>
</body>
</html>
`;
}

/** For the real API, which has no console here, and for visitors from another machine, who get none. */
export function renderLandingPage(site: Site): string {
  return renderPage(createConnectPage(site));
}

/** Nothing may be loaded from anywhere, and the page may not be framed. */
export const landingHeaders = {
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-store",
  "content-security-policy":
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};
