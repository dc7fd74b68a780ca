/**
 * Elements. Functions that make one are named after it: `h`, `svg`, `chip`, `form`. Text is always set as text: nothing
 * here, or anywhere in the console, can make markup of it.
 */

const domProperties = new Set(["value", "checked", "disabled", "selected", "open", "hidden", "indeterminate"]);

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "on") for (const [type, listener] of Object.entries(value)) element.addEventListener(type, listener);
    else if (domProperties.has(name)) element[name] = value;
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(
    ...children
      .flat(Number.POSITIVE_INFINITY)
      .filter((child) => child !== null && child !== undefined && child !== false),
  );
  return element;
}

/** `h("a", { href, on: { click } }, "text", child)` */
export function h(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

/** What somebody else wrote: it keeps its own direction, and does not disturb the text around it. */
export function userText(text, tag = "bdi", attributes = {}) {
  return h(tag, { dir: "auto", ...attributes }, text);
}

const focusable = "a[href], button, input, select, textarea, summary, [tabindex='0']";

/** What a person has opened or stands on stays so when an element is drawn anew. */
function carryOverState(old, fresh) {
  const opened = [...old.querySelectorAll("details")];
  for (const [index, details] of [...fresh.querySelectorAll("details")].entries()) {
    if (!opened[index]?.open) continue;
    details.open = true;
    // What is filled when it is opened must be there before the focus comes back; the browser tells of it later.
    details.dispatchEvent(new Event("toggle"));
  }
  if (!old.contains(document.activeElement)) return () => {};
  const stops = (element) => [element, ...element.querySelectorAll(focusable)];
  const index = stops(old).indexOf(document.activeElement);
  return () => (stops(fresh)[index] ?? stops(fresh).at(-1)).focus({ preventScroll: true });
}

const rendered = new WeakMap();

/**
 * Makes the children of `parent` those of `items`. An item that did not change keeps its element, so that focus, scroll
 * and selection stay where they are.
 * @param stateOf text that is another one when an item is to be drawn anew
 */
export function renderList(parent, items, keyOf, render, stateOf = JSON.stringify) {
  const before = new Map([...parent.children].map((child) => [rendered.get(child)?.key, child]));
  const children = items.map((item) => {
    const key = keyOf(item);
    const state = stateOf(item);
    const old = before.get(key);
    if (old && rendered.get(old).state === state) return { node: old, old };
    const node = render(item);
    rendered.set(node, { key, state });
    return { node, old };
  });
  const kept = new Set(children.map(({ node }) => node));
  const refocus = children.flatMap(({ node, old }) => (old && old !== node ? [carryOverState(old, node)] : []));
  for (const child of [...parent.children]) if (!kept.has(child)) child.remove();
  for (const [index, { node }] of children.entries()) {
    if (parent.children[index] !== node) parent.insertBefore(node, parent.children[index] ?? null);
  }
  for (const focus of refocus) focus();
}

/** As {@link renderList}, for a part that is one thing: drawn anew only when `state` is another. */
export function renderIfChanged(parent, state, render) {
  return renderList(parent, [state], () => "only", render);
}

/** A list that is one stop for Tab, its first item or its last; the arrow keys move within it. */
export function addRovingTabindex(list, selector, { startAtEnd = false } = {}) {
  const stops = () => [...list.querySelectorAll(selector)];
  const settle = () => {
    const all = stops();
    const current =
      all.find((stop) => stop === document.activeElement) ??
      all.find((stop) => stop.ariaCurrent) ??
      all.at(startAtEnd ? -1 : 0);
    for (const stop of all) {
      const tabIndex = stop === current ? "0" : "-1";
      if (stop.getAttribute("tabindex") !== tabIndex) stop.setAttribute("tabindex", tabIndex);
    }
  };
  list.addEventListener("keydown", (event) => {
    const all = stops();
    const at = all.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to === undefined || at < 0) return;
    event.preventDefault();
    all[Math.max(0, Math.min(all.length - 1, to))].focus();
  });
  list.addEventListener("focusin", settle);
  new MutationObserver(settle).observe(list, { childList: true, subtree: true, attributeFilter: ["aria-current"] });
}
