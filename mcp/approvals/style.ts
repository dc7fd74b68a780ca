/** The look of the approval page: no script, no font, nothing from elsewhere. */
export const style = `
:root { color-scheme: light dark; --text: #1b1f24; --soft: #57606a; --page: #f6f7f9; --card: #fff; --line: #d5dae1;
  --go: #1a6f45; --go-text: #fff; --stop: #a4262c; --mark: #7a4b00; --mark-page: #fff1d6; }
@media (prefers-color-scheme: dark) { :root { --text: #e6e9ed; --soft: #a2abb6; --page: #14171b; --card: #1d2127;
  --line: #373e48; --go: #2f9e68; --go-text: #06170e; --stop: #ff8a85; --mark: #ffd591; --mark-page: #40320f; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
header, main { max-width: 44rem; margin: 0 auto; padding: 1rem; }
header { display: flex; flex-wrap: wrap; gap: .25rem 1rem; align-items: baseline; justify-content: space-between; }
header form { margin: 0; }
h1 { font-size: 1.35rem; margin: 0; }
h2 { font-size: 1.05rem; margin: 2rem 0 .5rem; }
a { color: inherit; }
.soft { color: var(--soft); font-size: .9rem; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: 1rem; margin: 0 0 1rem; }
.card > :first-child { margin-top: 0; } .card > :last-child { margin-bottom: 0; }
.to { font-weight: 600; overflow-wrap: anywhere; margin: 0; }
.text { white-space: pre-wrap; overflow-wrap: anywhere; border-left: 3px solid var(--line); padding: .1rem 0 .1rem .8rem;
  margin: .75rem 0; }
.customer { border-left-color: var(--mark); }
mark { background: var(--mark-page); color: var(--mark); border: 1px solid currentColor; border-radius: .25rem;
  padding: 0 .2rem; margin: 0 .1rem; font: .75rem/1.4 ui-monospace, monospace; white-space: nowrap; }
.warning { color: var(--mark); background: var(--mark-page); border-radius: .4rem; padding: .5rem .75rem; margin: .75rem 0; }
.actions { display: flex; flex-wrap: wrap; gap: .75rem; align-items: flex-start; margin-top: 1rem; }
.actions form, .actions details { margin: 0; }
details[open] { flex-basis: 100%; }
summary, button { cursor: pointer; font: inherit; border-radius: .4rem; min-height: 2.75rem; padding: .5rem 1rem; }
summary { border: 1px solid var(--line); display: inline-flex; align-items: center; list-style: none; }
summary::-webkit-details-marker { display: none; }
button { border: 1px solid transparent; background: var(--go); color: var(--go-text); font-weight: 600; }
button.stop { background: none; border-color: currentColor; color: var(--stop); }
button.plain { background: none; border-color: var(--line); color: inherit; font-weight: 400; }
label { display: block; margin: .75rem 0; }
input, textarea { display: block; width: 100%; margin-top: .25rem; font: inherit; color: inherit; background: var(--page);
  border: 1px solid var(--soft); border-radius: .4rem; padding: .5rem .6rem; }
textarea { min-height: 9rem; }
:focus-visible { outline: 3px solid var(--go); outline-offset: 2px; }
.state { font-weight: 600; }
ul.plain { list-style: none; margin: 0; padding: 0; }
`;
