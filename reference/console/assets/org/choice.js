/** The choice of org, where there is more than one. */
import { consoleApi } from "../api.js";
import { h, renderIfChanged } from "../dom.js";
import { select } from "../elements/form.js";
import { toast } from "../elements/toast.js";
import { getChosenOrgId, toAddress } from "./address.js";

let orgs = [];

/** The org that is looked at; `undefined` while nothing is known of it. */
export function getCurrentOrg() {
  return orgs.find(({ id }) => id === getChosenOrgId()) ?? orgs[0];
}

/** The one that is meant where none is named. */
export function getDefaultOrg() {
  return orgs[0];
}

export function hasSeveralOrgs() {
  return orgs.length > 1;
}

/** The page without what it shows: that is another org's. */
function toListAddress(hash) {
  const [name, section] = hash.replace(/^#\/?/, "").split("/");
  return `#/${name === "settings" && section ? `${name}/${section}` : name}`;
}

/** Names may be the same; the end of the id tells them apart. */
function toLabel({ id, name }) {
  return orgs.filter((each) => each.name === name).length > 1 ? `${name} (…${id.slice(-4)})` : name;
}

/**
 * @param place where the choice is shown
 * @param chosen is told that the address names another org now
 */
export function createOrgChoice(place, chosen) {
  const choose = ({ target }) => {
    const id = target.value === orgs[0].id ? undefined : target.value;
    history.pushState(null, "", toAddress(id, toListAddress(location.hash)));
    chosen();
  };
  const draw = () => {
    place.hidden = !hasSeveralOrgs();
    const state = { options: orgs.map((org) => [org.id, toLabel(org)]), current: getCurrentOrg()?.id };
    renderIfChanged(place, state, ({ options, current }) =>
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
      const { data } = await consoleApi.get("orgs", { orgId: undefined });
      orgs = data;
      const wanted = getChosenOrgId();
      if (wanted !== undefined && !orgs.some(({ id }) => id === wanted)) {
        history.replaceState(null, "", toAddress(undefined, toListAddress(location.hash)));
        toast(`The org you looked at is gone. This is ${orgs[0].name}.`);
      }
      draw();
    },
  };
}
