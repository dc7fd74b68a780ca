/**
 * What every page of ours in a chat is made of (MCP Apps): the conversation with the host that frames it, and a document that
 * loads nothing. Text is set as text, never as markup. The script is written for browsers, and stands here as a string so
 * that the server stays one file.
 */

/** Talks to the host: `connect`, `callTool`, and `show` of the page, which is given the result of the tool. */
const clientScript = `
const waiting = new Map();
let lastId = 0;
const post = (message) => parent.postMessage({ jsonrpc: "2.0", ...message }, "*");
const request = (method, params) => new Promise((resolve, reject) => {
  waiting.set(++lastId, { resolve, reject });
  post({ id: lastId, method, params });
});
const callTool = (name, args) => request("tools/call", { name, arguments: args });
const element = (tag, props = {}, ...children) => {
  const made = Object.assign(document.createElement(tag), props);
  made.append(...children);
  return made;
};
const page = document.querySelector("main");
addEventListener("message", ({ source, data }) => {
  if (source !== parent || data?.jsonrpc !== "2.0") return;
  if (data.method === "ui/notifications/tool-result") show(data.params);
  else if (data.method !== undefined && data.id !== undefined) post({ id: data.id, result: {} });
  else if (waiting.has(data.id)) {
    const { resolve, reject } = waiting.get(data.id);
    waiting.delete(data.id);
    if (data.error) reject(new Error(data.error.message));
    else resolve(data.result);
  }
});
const tellSize = () => post({
  method: "ui/notifications/size-changed",
  params: { height: Math.ceil(document.documentElement.getBoundingClientRect().height) },
});
request("ui/initialize", {
  protocolVersion: "2026-01-26",
  appInfo: { name: "onsync", version: "1" },
  appCapabilities: {},
}).then(() => {
  post({ method: "ui/notifications/initialized", params: {} });
  new ResizeObserver(tellSize).observe(document.documentElement);
});
`;

const style = `
:root { color-scheme: light dark; --text: #1b1f24; --soft: #57606a; --card: #fff; --line: #d5dae1; --go: #1a6f45;
  --go-text: #fff; --stop: #a4262c; --mark: #7a4b00; --mark-page: #fff1d6; }
@media (prefers-color-scheme: dark) { :root { --text: #e6e9ed; --soft: #a2abb6; --card: #1d2127; --line: #373e48;
  --go: #2f9e68; --go-text: #06170e; --stop: #ff8a85; --mark: #ffd591; --mark-page: #40320f; } }
* { box-sizing: border-box; }
html { background: var(--card); }
body { margin: 0; padding: .75rem; background: var(--card); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
p { margin: .4rem 0; overflow-wrap: anywhere; }
.soft { color: var(--soft); font-size: .87rem; }
.to { font-weight: 600; }
.text { white-space: pre-wrap; overflow-wrap: anywhere; border-left: 3px solid var(--line); padding-left: .7rem; margin: .5rem 0; }
.inbound { border-left-color: var(--mark); }
mark { background: var(--mark-page); color: var(--mark); border: 1px solid currentColor; border-radius: .25rem;
  padding: 0 .2rem; margin: 0 .1rem; font: .72rem/1.4 ui-monospace, monospace; white-space: nowrap; }
.actions { display: flex; flex-wrap: wrap; gap: .5rem; margin-top: .75rem; }
button { cursor: pointer; font: inherit; font-weight: 600; border-radius: .4rem; min-height: 2.6rem; padding: .4rem .9rem;
  border: 1px solid var(--line); background: none; color: inherit; }
button.go { background: var(--go); border-color: var(--go); color: var(--go-text); }
button.stop { color: var(--stop); }
textarea { display: block; width: 100%; min-height: 7rem; font: inherit; color: inherit; background: none;
  border: 1px solid var(--soft); border-radius: .4rem; padding: .5rem; margin-top: .25rem; }
:focus-visible { outline: 3px solid var(--go); outline-offset: 2px; }
`;

/** @param script of the page: it defines \`show(result)\` */
export function createView(title: string, script: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title>
<style>${style}</style></head>
<body><main aria-live="polite"><p class="soft">One moment.</p></main><script>${clientScript}${script}</script></body>
</html>`;
}
