/** A page of several sections, one of them shown: the address says which. */
import { h } from "../dom.js";

/**
 * @param address of the page, such as `#/requests`
 * @param sections by name, a title and a function of its element that gives `show(parts)` and `changed(kinds, changes)`
 */
export function createTabs(page, { title, label, address, sections }) {
  const place = h("div");
  const links = Object.entries(sections).map(([name, [text]]) => ({
    name,
    link: h("a", { href: `${address}/${name}` }, text),
  }));
  let open = { name: undefined, section: undefined };
  page.classList.add("sheet");
  page.append(
    h("h1", {}, title),
    h(
      "nav",
      { class: "tabs", "aria-label": label },
      links.map(({ link }) => link),
    ),
    place,
  );
  return {
    show: async ([wanted, ...parts]) => {
      const isKnown = Object.hasOwn(sections, wanted ?? "");
      const name = isKnown ? wanted : Object.keys(sections)[0];
      for (const each of links) {
        if (each.name === name) each.link.setAttribute("aria-current", "page");
        else each.link.removeAttribute("aria-current");
      }
      if (open.name !== name) {
        const element = h("section", { "aria-label": sections[name][0] });
        place.replaceChildren(element);
        open = { name, section: sections[name][1](element) };
      }
      await open.section.show(parts);
    },
    changed: (kinds, changes) => open.section?.changed(kinds, changes),
  };
}
