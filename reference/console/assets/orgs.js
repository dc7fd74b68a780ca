/** The choice of org, where there is more than one. */
import { own } from "./api.js";
import { h, redraw } from "./dom.js";
import { addressIn, chosenOrg } from "./org.js";
import { select, toast } from "./parts.js";

let orgs = [];

/** The org that is looked at; `undefined` while nothing is known of it. */
export function currentOrg() {
  return orgs.find(({ id }) => id === chosenOrg()) ?? orgs[0];
}

/** The one that is meant where none is named. */
export function defaultOrg() {
  return orgs[0];
}

export function hasSeveral() {
  return orgs.length > 1;
}

/** The page without what it shows: that is another org's. */
function pageOf(hash) {
  const [name, room] = hash.replace(/^#\/?/, "").split("/");
  return `#/${name === "settings" && room ? `${name}/${room}` : name}`;
}

/** Names may be the same; the end of the id tells them apart. */
function labelOf({ id, name }) {
  return orgs.filter((each) => each.name === name).length > 1 ? `${name} (…${id.slice(-4)})` : name;
}

/**
 * @param place where the choice is shown
 * @param chosen is told that the address names another org now
 */
export function createOrgChoice(place, chosen) {
  const choose = ({ target }) => {
    const id = target.value === orgs[0].id ? undefined : target.value;
    history.pushState(null, "", addressIn(id, pageOf(location.hash)));
    chosen();
  };
  const draw = () => {
    place.hidden = !hasSeveral();
    const state = { options: orgs.map((org) => [org.id, labelOf(org)]), current: currentOrg()?.id };
    redraw(place, state, ({ options, current }) =>
      h(
        "div",
        {},
        h("label", { for: "org-choice" }, "Org"),
        select(options, current, { id: "org-choice", on: { change: choose } }),
      ),
    );
  };
  return {
    draw,
    /** An org that is gone cannot be looked at any longer: then it is the default one, and it says so. */
    read: async () => {
      const { data } = await own.get("orgs", { orgId: undefined });
      orgs = data;
      const wanted = chosenOrg();
      if (wanted !== undefined && !orgs.some(({ id }) => id === wanted)) {
        history.replaceState(null, "", addressIn(undefined, pageOf(location.hash)));
        toast(`The org you looked at is gone. This is ${orgs[0].name}.`);
      }
      draw();
    },
  };
}
